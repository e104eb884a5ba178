"""The cost of each function's requests, compared with two peers that make the same calls one after another.

    python -m benchmarks.request_cost [handler …]

In `benchmarks.peers`, `plain_boto3` works on dicts and checks nothing. `powertools_pynamodb` does it as their guides
show it: bodies are held to a pydantic model, and nothing else is checked. All run in fresh interpreters, in turns, on
what SAM built, against a stand-in for AWS that answers each call after 5 ms.

CPU from the interpreter's start: imports and clients, and the first answer. Their difference is the first answer once
initialized: what a restored snapshot, or a forked worker, pays. Then CPU and wall time of a warm request. Medians, and
ratios to the peers; then what a log line costs, and the sizes.
"""

import importlib
import io
import json
import logging
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

from boto3.dynamodb.types import TypeDeserializer
from samcli.yamlhelper import yaml_parse

from benchmarks.aws_stand_in import Call, StandIn, running_stand_in
from benchmarks.init_bytecode import ENVIRONMENT, build
from local.workspace import ROOT
from shared.observability.invocations import observed
from shared.observability.logs import logger
from shared.observability.metrics import REQUESTS

_ROUNDS = 5
_WARM_REQUESTS = 60
_LONGEST_SECONDS = 45  # for all requests of a turn
_FIGURES = {
    "first": "cold: start to first answer, ms CPU",
    "initialized": "first answer once initialized, ms CPU",
    "cpu": "warm, ms CPU",
    "wall": "warm, ms wall",
    "peak": "peak, MB",
}
_PEERS = Path(__file__).parent / "peers"

_OURS = "from {module} import handler"
_MEASURE = """
imported = __import__("time").process_time()
import json, resource, sys, time
event, requests = json.load(open(sys.argv[1])), int(sys.argv[2])
class Context:
    function_name = invoked_function_arn = aws_request_id = "example"
    memory_limit_in_mb = 512
answer = handler(event, Context) or {}
assert answer.get("statusCode", 200) < 300 and not answer.get("batchItemFailures"), answer
first = time.process_time()
for _ in range(10):
    handler(event, Context)
cpu, wall = time.process_time(), time.perf_counter()
for _ in range(requests):
    handler(event, Context)
cpu, wall = (time.process_time() - cpu) / requests, (time.perf_counter() - wall) / requests
try:  # getrusage tells the parent's peak where that was higher
    peak = next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))
except OSError:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
milli = {"first": first, "initialized": first - imported, "cpu": cpu, "wall": wall}
print(json.dumps({name: seconds * 1000 for name, seconds in milli.items()} | {"peak": peak / 1024}))
"""
_LISTEN = """
import json, os, sys, urllib.request
event = json.load(open(sys.argv[1]))
class Context:
    function_name = invoked_function_arn = aws_request_id = "example"
    memory_limit_in_mb = 512
handler(event, Context)
urllib.request.urlopen(urllib.request.Request(os.environ["AWS_ENDPOINT_URL"] + "/mark", b"{}"))
handler(event, Context)
"""


def main(only: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder, running_stand_in() as aws:
        built = build(Path(folder) / "build")
        layers = [built / f"{layer}/python" for layer in ("SharedLayer", "OpenSearchLayer")]
        peers = _compiled(Path(folder) / "peers")
        for sample in sorted((ROOT / "events").glob("*/*.json")):
            if only and sample.stem not in only:
                continue
            [source] = (ROOT / sample.parent.name / "src").glob(f"*/*/handlers/{sample.stem}.py")
            module = f"{sample.parent.name}.{source.parents[1].name}.handlers.{sample.stem}"
            code = _folder_of(built, module)
            calls = Path(folder) / "calls.json"
            programs = {
                "ours": (_OURS.format(module=module), [code, *layers]),
                "plain": ("from benchmarks.peers.plain_boto3 import handler", [peers, layers[0]]),
                "powertools": ("from benchmarks.peers.powertools_pynamodb import handler", [peers, layers[0]]),
            }
            try:
                parts = _calls(aws, module, [code, *layers], sample)
                calls.write_text(json.dumps(_recorded(parts) | {"validates": _validates(module, sample)}))
                _compare(sample, aws, programs, calls, [len(part) for part in parts])
            except subprocess.CalledProcessError as error:
                print(f"\n{sample.stem}: not measured: {error.stderr.strip().splitlines()[-1][:100]}")
            except subprocess.TimeoutExpired:
                print(f"\n{sample.stem}: not measured: it waits for what does not come")
        print(f"\na log line: {_log_line_ms():.3f} ms")
        for name, tree in [("layer", built / "SharedLayer"), ("a function", code)]:
            size = sum(file.stat().st_size for file in tree.rglob("*") if file.is_file())
            print(f"{name}, unpacked: {size / 1024:,.0f} KB")


def _compare(
    sample: Path, aws: StandIn, programs: dict[str, tuple[str, list[Path]]], calls: Path, counts: list[int]
) -> None:
    results: dict[str, list[dict[str, float]]] = {name: [] for name in programs}
    for _ in range(_ROUNDS):
        for name, (program, path) in programs.items():
            arguments = [str(sample), str(_WARM_REQUESTS), str(calls)]
            done = _run(program + "\n" + _MEASURE, path, aws, arguments)
            results[name].append(json.loads(done.splitlines()[-1]))
    print(f"\n{sample.stem} ({counts[0]} calls, warm {counts[1]})")
    for figure, title in _FIGURES.items():
        medians = {name: statistics.median(result[figure] for result in results[name]) for name in programs}
        values = "  ".join(f"{name} {value:7.2f}" for name, value in medians.items())
        ratios = " / ".join(f"{medians['ours'] / medians[peer]:.2f}" for peer in ("plain", "powertools"))
        print(f"  {title:38} {values}  ratios {ratios}", flush=True)


def _calls(aws: StandIn, module: str, path: list[Path], sample: Path) -> tuple[list[Call], list[Call]]:
    """The calls to AWS of a cold function's first request, and of the next one."""
    aws.calls.clear()
    _run(_OURS.format(module=module) + "\n" + _LISTEN, path, aws, [str(sample)])
    mark = next(number for number, call in enumerate(aws.calls) if call.service == "mark")
    return aws.calls[:mark], aws.calls[mark + 1 :]


def _validates(module: str, sample: Path) -> bool:
    """Whether the function takes bodies that are held to a model: of one of its routes, or of sockets."""
    app, event = getattr(importlib.import_module(module), "app", None), json.loads(sample.read_text())
    return any(route.body is not None for route in app.routes) if app else "body" in event


def _recorded(parts: tuple[list[Call], list[Call]]) -> dict[str, Any]:
    """What the peers read: the calls in DynamoDB's notation, on dicts, and the tables that they are made of."""
    return {
        "calls": [[_without_answer(call, call.payload) for call in part] for part in parts],
        "dicts": [[_without_answer(call, _on_dicts(call)) for call in part] for part in parts],
        "tables": _tables([call for part in parts for call in part if call.service == "dynamodb"]),
    }


def _without_answer(call: Call, payload: dict[str, Any]) -> dict[str, Any]:
    return {"service": call.service, "operation": call.operation, "payload": payload}


def _tables(calls: list[Call]) -> list[dict[str, Any]]:
    """Each table's keys, attributes and indexes, as calls and answers show them; keys from the templates."""
    schemas = _schemas()
    attributes: dict[str, dict[str, str]] = defaultdict(dict)
    for call in calls:
        for table, item in _items_of(call):
            attributes[table] |= {name: next(iter(value)) for name, value in item.items() if "NULL" not in value}
    return [
        {
            "name": table,
            "keys": schemas[table]["keys"],
            "indexes": schemas[table]["indexes"],
            "attributes": schemas[table]["types"] | attributes[table],
        }
        for table in attributes
    ]


def _items_of(call: Call) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every item, or key of one, that a call or its answer holds, with its table."""
    request, answer = call.payload, call.answer
    for one in [request, *(next(iter(write.values())) for write in request.get("TransactItems", ()))]:
        if "TableName" in one:
            yield one["TableName"], one.get("Item") or one.get("Key") or {}
    for table, wanted in request.get("RequestItems", {}).items():
        yield table, wanted["Keys"][0]
    for item in [answer.get("Item"), answer.get("Attributes"), *answer.get("Items", ())]:
        if item:
            yield request["TableName"], item
    for table, items in answer.get("Responses", {}).items():
        yield from ((table, item) for item in items)


def _schemas() -> dict[str, dict[str, Any]]:
    """By the name that the benchmarks' environment gives a table: its keys, their types, and its indexes."""
    schemas = {}
    for file in ROOT.glob("*/*.yaml"):
        for name, resource in (yaml_parse(file.read_text()).get("Resources") or {}).items():
            variable = re.sub(r"(?<!^)(?=[A-Z])", "_", name).upper()
            if resource["Type"] == "AWS::DynamoDB::Table" and variable in ENVIRONMENT:
                of = resource["Properties"]
                indexes = [*of.get("GlobalSecondaryIndexes", ()), *of.get("LocalSecondaryIndexes", ())]
                schemas[ENVIRONMENT[variable]] = {
                    "keys": _names(of["KeySchema"]),
                    "types": {each["AttributeName"]: each["AttributeType"] for each in of["AttributeDefinitions"]},
                    "indexes": {index["IndexName"]: _names(index["KeySchema"]) for index in indexes},
                }
    return schemas


def _names(key_schema: list[dict[str, str]]) -> list[str]:
    return [each["AttributeName"] for each in key_schema]


def _on_dicts(call: Call) -> dict[str, Any]:
    """With items as boto3's resources take them."""
    dicts: dict[str, Any] = _plain(call.payload) if call.service == "dynamodb" else call.payload
    return dicts


def _plain(payload: Any) -> Any:
    if isinstance(payload, list):
        return [_plain(each) for each in payload]
    if not isinstance(payload, dict):
        return payload
    typed = {"Key", "Item", "ExpressionAttributeValues", "ExclusiveStartKey"}
    plain = {name: _dict(value) if name in typed else _plain(value) for name, value in payload.items()}
    return plain | {"Keys": [_dict(key) for key in payload["Keys"]]} if "Keys" in payload else plain


def _dict(item: dict[str, Any]) -> dict[str, Any]:
    read = TypeDeserializer().deserialize
    return {name: _number(read(value)) for name, value in item.items()}


def _number(value: Any) -> Any:
    """JSON has no decimals: the peer reads its numbers as such."""
    if isinstance(value, dict):
        return {name: _number(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_number(part) for part in value]
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return sorted(value) if isinstance(value, set) else value


def _run(program: str, path: list[Path], aws: StandIn, arguments: list[str]) -> str:
    """What a program prints in an interpreter that sees only this path: -S leaves this machine's packages out."""
    environment = ENVIRONMENT | {
        "AWS_ENDPOINT_URL": aws.url,
        "PYTHONDONTWRITEBYTECODE": "1",
        "SOCKET_ENDPOINT": f"{aws.url}/live",
        "PYTHONPATH": ":".join(map(str, path)),
    }
    call = [sys.executable, "-S", "-c", program, *arguments]
    limit = _LONGEST_SECONDS
    return subprocess.run(call, env=environment, check=True, capture_output=True, text=True, timeout=limit).stdout


def _folder_of(built: Path, module: str) -> Path:
    """Where SAM put the code of a handler."""
    file = module.replace(".", "/") + ".py"
    return next(found for found in built.rglob(file)).parents[file.count("/")]


def _compiled(target: Path) -> Path:
    """The package of the peers and nothing else, compiled like the layer."""
    shutil.copytree(_PEERS, target / "benchmarks" / "peers")
    compile_ = ["-m", "compileall", "-qf", "--invalidation-mode", "unchecked-hash", str(target)]
    subprocess.run([sys.executable, *compile_], check=True)
    return target


def _log_line_ms() -> float:
    """The one line that a request logs, with its metrics and what names the invocation."""

    @observed("requestContext.requestId")
    def answer(_: dict[str, Any], context: object) -> None:
        metrics = REQUESTS.line("personalization", durationMs=7.1, clientErrors=0, serverErrors=0)
        logger.info("request", extra={"status": 200, **metrics})

    class Context:
        function_name = invoked_function_arn = aws_request_id = "example"
        memory_limit_in_mb = 512

    times, handler = 5000, cast(logging.StreamHandler[Any], logger.registered_handler)
    stdout = handler.setStream(io.StringIO())
    started = time.process_time()
    for _ in range(times):
        answer({"requestContext": {"requestId": "0197a1b2"}}, Context)
    ended = time.process_time()
    handler.setStream(stdout)
    return (ended - started) / times * 1000


if __name__ == "__main__":
    os.environ.setdefault("SAM_CLI_TELEMETRY", "0")
    main(sys.argv[1:])
