"""Functions that somebody waits for are called by their alias, tested in the templates as SAM translates them.

Only a published version starts from a snapshot or is kept ready (docs/decisions/0032-snapstart.md). Calling the
function itself would work, but with a full cold start. A snapshot that nobody waits for would only cost money.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from samcli.yamlhelper import yaml_parse

from release.translation import template_files, translated

# Started by a gateway, but nobody waits for them.
SOCKET_ROUTES_WITHOUT_A_READER = {"$disconnect"}

# Started by a queue while a user waits.
_LIVE = "says the words of a live answer"
WORKERS = {"WorkOnRunFunction": _LIVE, "WorkOnSupportRunFunction": _LIVE, "WorkOnReplyRunFunction": _LIVE}

# These refer to a function to publish it, or to count the errors of all its versions.
NAMES_ALL_VERSIONS = {"AWS::Lambda::Version", "AWS::Lambda::Alias", "AWS::CloudWatch::Alarm"}

DIGEST = "d1" * 32

type Json = dict[str, Any]


class Template(NamedTuple):
    """`written` is our template, and the resources are SAM's translation."""

    file: Path
    written: Json
    resources: dict[str, Json]


def templates() -> Iterator[Template]:
    for file in template_files():
        written = yaml_parse(file.read_text())
        digests = {name: DIGEST for name in written.get("Parameters", {}) if name.endswith("Digest")}
        yield Template(file, written, translated(file, digests)["Resources"])


TEMPLATES = list(templates())
FUNCTIONS = [
    (template, name)
    for template in TEMPLATES
    for name, resource in template.written["Resources"].items()
    if resource["Type"] == "AWS::Serverless::Function"
]


def waited_for(template: Template) -> Iterator[str]:
    """The functions behind routes, authorizers, sockets and sign-ups, and those of WORKERS."""
    for name, resource in template.written["Resources"].items():
        properties = resource.get("Properties", {})
        match resource["Type"]:
            case "AWS::Serverless::Function":
                starts = {event["Type"] for event in properties.get("Events", {}).values()}
                if starts & {"Api", "HttpApi", "Cognito"} or name in WORKERS:
                    yield name
            case "AWS::Serverless::Api":
                authorizers = properties["Auth"]["Authorizers"].values()
                yield from (_function(each["FunctionArn"]) for each in authorizers if "FunctionArn" in each)
            case "AWS::Serverless::WebSocketApi":
                yield _function(properties["Auth"]["AuthArn"])
                for route, target in properties["Routes"].items():
                    if route not in SOCKET_ROUTES_WITHOUT_A_READER:
                        yield _function(target["FunctionArn"])


def _function(reference: Json) -> str:
    """The function in !Ref AFunction.Alias or !GetAtt AFunction.Arn."""
    [target] = reference.values()
    return str(target[0] if isinstance(target, list) else target.partition(".")[0])


WAITED_FOR = [(template, name) for template in TEMPLATES for name in sorted(set(waited_for(template)))]
each_waited_for = pytest.mark.parametrize(("template", "function"), WAITED_FOR, ids=[name for _, name in WAITED_FOR])


def test_workers_are_there() -> None:
    assert WORKERS.keys() <= {name for _, name in WAITED_FOR}


@each_waited_for
def test_function_has_an_alias_to_a_version_of_the_digest(template: Template, function: str) -> None:
    version = template.resources.get(f"{function}Version{DIGEST[:10]}")
    alias = template.resources.get(f"{function}Aliaslive")
    assert version, f"{function}: set AutoPublishAlias to live and AutoPublishCodeSha256 to the digest"
    assert alias, f"{function}: set AutoPublishAlias to live"
    assert version["DeletionPolicy"] == "Delete", (
        f"{function}: set VersionDeletionPolicy to Delete: a snapshot costs money"
    )
    assert alias["Properties"]["FunctionVersion"]["Fn::GetAtt"][0] == f"{function}Version{DIGEST[:10]}"


@each_waited_for
def test_function_starts_as_the_environment_says(template: Template, function: str) -> None:
    settings = template.resources[function]["Properties"]
    assert settings["SnapStart"] == {"ApplyOn": {"Ref": "SnapStart"}}, (
        f"{function}: SnapStart is the environment's choice"
    )
    assert template.resources[f"{function}Aliaslive"]["Properties"]["ProvisionedConcurrencyConfig"] == {
        "Fn::If": [
            "HasProvisionedConcurrency",
            {"ProvisionedConcurrentExecutions": {"Ref": "ProvisionedConcurrency"}},
            {"Ref": "AWS::NoValue"},
        ]
    }, f"{function}: ProvisionedConcurrencyConfig is the environment's choice"


@each_waited_for
def test_function_has_nothing_that_snapshots_exclude(template: Template, function: str) -> None:
    settings = template.resources[function]["Properties"]
    assert settings.get("EphemeralStorage", {}).get("Size", 512) <= 512, f"{function}: no more than 512 MB of storage"
    assert "FileSystemConfigs" not in settings, f"{function}: no file system of EFS"
    assert settings["Runtime"] == "python3.13"


@each_waited_for
def test_nothing_calls_the_function_itself(template: Template, function: str) -> None:
    callers = [
        name
        for name, resource in template.resources.items()
        if resource["Type"] not in NAMES_ALL_VERSIONS and function in _referred(resource)
    ]
    assert callers == [], f"write !Ref {function}.Alias, where it is called"


@each_waited_for
def test_whoever_calls_the_function_may_call_its_alias(template: Template, function: str) -> None:
    """Queues are read by the function's own role; gateways and user pools need a permission on the alias."""
    permitted = [
        resource["Properties"]["FunctionName"]
        for resource in template.resources.values()
        if resource["Type"] == "AWS::Lambda::Permission"
    ]
    assert ({"Ref": f"{function}Aliaslive"} in permitted) is (function not in WORKERS)


def _referred(node: Any) -> set[str]:
    """The logical ids in every Ref, Fn::GetAtt and Fn::Sub."""
    if isinstance(node, list):
        return set().union(*map(_referred, node))
    if not isinstance(node, dict):
        return set()
    match node:
        case {"Ref": str(name)}:
            return {name}
        case {"Fn::GetAtt": [str(name), *_]}:
            return {name}
        case {"Fn::GetAtt": str(path)}:
            return {path.partition(".")[0]}
        case {"Fn::Sub": text}:
            words, values = (text, {}) if isinstance(text, str) else text
            inner: set[str] = {part.partition("}")[0].partition(".")[0] for part in words.split("${")[1:]}
            return inner.difference(values) | _referred(list(values.values()))
    return set().union(*map(_referred, node.values()))


@pytest.mark.parametrize(
    ("template", "function"),
    [pair for pair in FUNCTIONS if pair[1] not in {name for _, name in WAITED_FOR}],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_function_that_nobody_waits_for_has_no_snapshot(template: Template, function: str) -> None:
    assert "SnapStart" not in template.resources[function]["Properties"], f"{function}: a snapshot costs money"
    assert f"{function}Aliaslive" not in template.resources, f"{function}: it needs no alias"
