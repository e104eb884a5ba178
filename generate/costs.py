"""The table in docs/deploy.md of what dev costs at rest: what is billed by the month, counted in the templates."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from generate.functions import ROOT, Json
from generate.sam_local import Stack
from release.parameters import parameters

_FILE = ROOT / "docs" / "deploy.md"
_BLOCK = re.compile(r"(?P<begin><!-- costs -->\n).*?(?P<end><!-- end of costs -->\n)", re.DOTALL)
_NESTED = "AWS::Serverless::Application"
_ENDPOINT, _INTERFACE = "AWS::EC2::VPCEndpoint", "AWS::EC2::VPCEndpoint, Interface"

# What each is called, cents a month (of 730 hours), and how many are free.
_PRICES = {
    "AWS::CloudWatch::Alarm": ("CloudWatch alarms", 10, 10),
    "AWS::CloudWatch::Dashboard": ("CloudWatch dashboards", 300, 3),
    "AWS::SecretsManager::Secret": ("Secrets Manager's secrets", 40, 0),
    "AWS::KMS::Key": ("KMS keys", 100, 0),
    "AWS::RDS::DBInstance": ("RDS: `db.t3.micro`, $0.018 an hour, with 20 GB at $0.115, and its secret", 1584, 0),
    _INTERFACE: ("Interface endpoints, by which the help desk's functions leave the database's network", 730, 0),
}
_POLLS_A_MONTH = 5 * 3 * 60 * 730
"""Of a queue without messages: 5 pollers, each of which waits for 20 seconds."""
_FREE_POLLS, _CENTS_A_MILLION = 1_000_000, 40
_POLLED = "queues that Lambda polls"
_FREE = (
    ("DynamoDB, S3, Lambda, API Gateway, Cognito, EventBridge, Step Functions, CloudFront, X-Ray", "by use"),
    ("OpenSearch, snapshots, caches", "not in dev ([samconfig.toml](../samconfig.toml))"),
)


def deploy_page() -> dict[Path, str]:
    """docs/deploy.md with the current table."""
    given = dict(each.split("=", 1) for each in parameters("dev"))
    kinds = Counter(map(_kind, deployed(Stack(ROOT / "template.yaml", given))))
    lines = "".join(f"{line}\n" for line in costs(kinds))
    changed, found = _BLOCK.subn(lambda match: f"{match['begin']}{lines}{match['end']}", _FILE.read_text())
    if found != 1:
        raise SystemExit(f"{_FILE.relative_to(ROOT)} needs one block of costs, and has {found}")
    return {_FILE: changed}


def deployed(stack: Stack) -> Iterator[Json]:
    """The resources of the stack and of those that it nests, without those whose condition does not hold."""
    for resource in stack.resources.values():
        if "Condition" in resource and not stack.holds({"Condition": resource["Condition"]}):
            continue
        yield resource
        if resource["Type"] == _NESTED:
            properties = resource["Properties"]
            file = stack.file.parent / properties["Location"]
            yield from deployed(Stack(file, properties.get("Parameters", {}), stack))


def _kind(resource: Json) -> str:
    """Its type; only endpoints of one kind cost something, and mappings of queues."""
    properties = resource.get("Properties", {})
    if resource["Type"] == _ENDPOINT and properties.get("VpcEndpointType") == "Interface":
        return _INTERFACE
    if resource["Type"] == "AWS::Lambda::EventSourceMapping" and "StartingPosition" not in properties:
        return _POLLED
    return str(resource["Type"])


def costs(kinds: Mapping[str, int]) -> list[str]:
    """The table's lines; `kinds` has the number of resources of each kind."""
    lines, total = ["| what | | a month |", "|---|---|---|"], 0
    for kind, (name, cents, free) in _PRICES.items():
        if count := kinds.get(kind, 0):
            sum_ = max(0, count - free) * cents
            of_them = f", {free} of them free" if free else ""
            lines.append(f"| {name} | {count} at {_dollars(cents)}{of_them} | {_dollars(sum_)} |")
            total += sum_
    if queues := kinds.get(_POLLED, 0):
        requests = queues * _POLLS_A_MONTH
        sum_ = max(0, requests - _FREE_POLLS) * _CENTS_A_MILLION // 1_000_000
        of_each = f"{queues} {_POLLED} for work, each with {_POLLS_A_MONTH / 1_000_000:.2f} million requests"
        lines.append(f"| SQS | {of_each} at $0.40 a million, the first million free | {_dollars(sum_)} |")
        total += sum_
    free_rows = [f"| {name} | {why} | $0 |" for name, why in _FREE]
    return [*lines, *free_rows, f"| **together** | | **{_dollars(total)}** |"]


def _dollars(cents: int) -> str:
    return f"${cents / 100:.2f}"
