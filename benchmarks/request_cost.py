"""What each function's requests cost, beside a plain boto3 handler that makes the same calls one after another.

    python -m benchmarks.request_cost [handler …]

The plain handler keeps dicts as they are: it reads the body, makes the calls that ours was seen to make, and answers
what came back; it checks nothing. Both run in fresh interpreters, in turns, on what SAM built, against a stand-in for
AWS that answers each call after 5 ms. Import and first response: CPU from the interpreter's start. Warm: CPU and wall
time of a request. Medians, and ratios to the plain handler; then what a log line costs, and the sizes.
"""

import io
import json
import logging
import os
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import redirect_stdout
from dataclasses import asdict
from pathlib import Path
from typing import Any

from awslambdaric.lambda_runtime_log_utils import JsonFormatter

from benchmarks.aws_stand_in import Call, StandIn, running_stand_in
from benchmarks.init_bytecode import ENVIRONMENT, build
from local.workspace import ROOT
from shared.dynamodb.attribute_values import plain_item
from shared.observability.logs import logger

_ROUNDS = 5
_WARM_REQUESTS = 60
_LONGEST_SECONDS = 45  # for all requests of a turn
_FIGURES = {
    "import": "import, ms CPU",
    "first": "first response, ms CPU",
    "cpu": "warm, ms CPU",
    "wall": "warm, ms wall",
    "peak": "peak, MB",
}

_OURS = "from {module} import handler"
_PLAIN = """
import json, os, sys
import boto3
calls = json.load(open(sys.argv[3]))
endpoints = {"apigatewaymanagementapi": os.environ["SOCKET_ENDPOINT"]}
clients = {service: boto3.resource(service).meta.client if service == "dynamodb"
           else boto3.client(service, endpoint_url=endpoints.get(service))
           for service in {call["service"] for part in calls for call in part}}
first, warm = calls
todo = [first]
def handler(event, context):
    asked = json.loads(event.get("body") or "{}")
    answers = []
    for call in todo.pop() if todo else warm:
        client = clients[call["service"]]
        if call["service"] == "bedrock-runtime":
            answers.append(client.converse(modelId=call["operation"], **call["payload"]))
        elif call["service"] == "apigatewaymanagementapi":
            answers.append(client.post_to_connection(ConnectionId="x", Data=json.dumps(call["payload"])))
        else:
            method = "".join("_" + c.lower() if c.isupper() else c for c in call["operation"]).removeprefix("_")
            answers.append(getattr(client, method)(**call["payload"]))
    return {"statusCode": 200, "body": json.dumps([asked, answers], default=str)}
"""
_MEASURE = """
imported = __import__("time").process_time()
import json, resource, sys, time
event, requests = json.load(open(sys.argv[1])), int(sys.argv[2])
answer = handler(event, None) or {}
assert answer.get("statusCode", 200) < 300 and not answer.get("batchItemFailures"), answer
first = time.process_time()
for _ in range(10):
    handler(event, None)
cpu, wall = time.process_time(), time.perf_counter()
for _ in range(requests):
    handler(event, None)
cpu, wall = (time.process_time() - cpu) / requests, (time.perf_counter() - wall) / requests
try:  # getrusage tells the parent's peak where that was higher
    peak = next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))
except OSError:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
milli = {"import": imported, "first": first, "cpu": cpu, "wall": wall}
print(json.dumps({name: seconds * 1000 for name, seconds in milli.items()} | {"peak": peak / 1024}))
"""
_LISTEN = """
import json, os, sys, urllib.request
event = json.load(open(sys.argv[1]))
handler(event, None)
urllib.request.urlopen(urllib.request.Request(os.environ["AWS_ENDPOINT_URL"] + "/mark", b"{}"))
handler(event, None)
"""


def main(only: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder, running_stand_in() as aws:
        built = build(Path(folder) / "build")
        layer, boto3 = built / "SharedLayer/python", _boto3_alone(Path(folder) / "boto3")
        for sample in sorted((ROOT / "events").glob("*/*.json")):
            if only and sample.stem not in only:
                continue
            [source] = (ROOT / sample.parent.name / "src").glob(f"*/*/handlers/{sample.stem}.py")
            module = f"{sample.parent.name}.{source.parents[1].name}.handlers.{sample.stem}"
            code = _folder_of(built, module)
            calls = Path(folder) / "calls.json"
            try:
                parts = _calls(aws, module, [code, layer], sample)
                calls.write_text(json.dumps([[asdict(call) for call in part] for part in parts]))
                _compare(sample, aws, {"ours": [code, layer], "plain": [boto3]}, module, calls)
            except subprocess.CalledProcessError as error:
                print(f"\n{sample.stem}: not measured: {error.stderr.strip().splitlines()[-1][:100]}")
            except subprocess.TimeoutExpired:
                print(f"\n{sample.stem}: not measured: it waits for what does not come")
        print(f"\na log line: {_log_line_ms():.3f} ms")
        for name, tree in [("layer", built / "SharedLayer"), ("a function", code)]:
            size = sum(file.stat().st_size for file in tree.rglob("*") if file.is_file())
            print(f"{name}, unpacked: {size / 1024:,.0f} KB")


def _compare(sample: Path, aws: StandIn, paths: dict[str, list[Path]], module: str, calls: Path) -> None:
    code = {"ours": _OURS.format(module=module), "plain": _PLAIN}
    results: dict[str, list[dict[str, float]]] = {name: [] for name in code}
    for _ in range(_ROUNDS):
        for name, program in code.items():
            arguments = [str(sample), str(_WARM_REQUESTS), str(calls)]
            done = _run(program + "\n" + _MEASURE, paths[name], aws, arguments)
            results[name].append(json.loads(done.splitlines()[-1]))
    first, warm = json.loads(calls.read_text())
    print(f"\n{sample.stem} ({len(first)} calls, warm {len(warm)})")
    for figure, title in _FIGURES.items():
        ours, plain = (statistics.median(result[figure] for result in results[name]) for name in code)
        print(f"  {title:24} ours {ours:7.2f}  plain {plain:7.2f}  ratio {ours / plain:.2f}", flush=True)


def _calls(aws: StandIn, module: str, path: list[Path], sample: Path) -> tuple[list[Call], list[Call]]:
    """What a cold function's first request asks of AWS, and what the next one does."""
    aws.calls.clear()
    _run(_OURS.format(module=module) + "\n" + _LISTEN, path, aws, [str(sample)])
    mark = next(number for number, call in enumerate(aws.calls) if call.service == "mark")
    return [_on_dicts(call) for call in aws.calls[:mark]], [_on_dicts(call) for call in aws.calls[mark + 1 :]]


def _on_dicts(call: Call) -> Call:
    """With items as boto3's resources take them."""
    if call.service != "dynamodb":
        return call
    return Call(call.service, call.operation, _plain(call.payload))


def _plain(payload: Any) -> Any:
    if isinstance(payload, list):
        return [_plain(each) for each in payload]
    if not isinstance(payload, dict):
        return payload
    typed = {"Key", "Item", "ExpressionAttributeValues", "ExclusiveStartKey"}
    plain = {name: plain_item(value) if name in typed else _plain(value) for name, value in payload.items()}
    return plain | {"Keys": [plain_item(key) for key in payload["Keys"]]} if "Keys" in payload else plain


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


def _boto3_alone(target: Path) -> Path:
    """boto3 and all that it needs, compiled like the layer."""
    packages = ROOT / ".venv/lib/python3.13/site-packages"
    target.mkdir()
    for name in ("boto3", "botocore", "dateutil", "jmespath", "s3transfer", "six.py", "urllib3"):
        subprocess.run(["cp", "-R", str(packages / name), str(target)], check=True)
    compile_ = ["-m", "compileall", "-qf", "--invalidation-mode", "unchecked-hash", str(target)]
    subprocess.run([sys.executable, *compile_], check=True)
    return target


def _log_line_ms() -> float:
    """The one line that a request logs, through the formatter of Lambda's runtime. There is nothing else to pay for:
    metrics are AWS's own, and traces are made by the services."""
    lines, times = io.StringIO(), 5000
    handler = logging.StreamHandler(lines)
    handler.setFormatter(JsonFormatter())
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    outcome = {"route": "GET /profile", "status": 200, "durationMs": 7.1, "apiRequestId": "0197a1b2"}
    with redirect_stdout(lines):
        started = time.process_time()
        for _ in range(times):
            logger.info("request", extra=outcome)
        ended = time.process_time()
    logger.removeHandler(handler)
    return (ended - started) / times * 1000


if __name__ == "__main__":
    os.environ.setdefault("SAM_CLI_TELEMETRY", "0")
    main(sys.argv[1:])
