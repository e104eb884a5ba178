"""What GET /profile costs, beside a plain handler that makes the same reads with boto3, one after another, on dicts.

Both run in fresh interpreters against a stand-in for DynamoDB that answers each call after 5 ms. Cold: CPU from the
interpreter's start to the first response. Warm: CPU and wall time of a request. Prints medians and ratios to the plain
handler, peak memory, and the unpacked size of layer and function.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from benchmarks.init_bytecode import ENVIRONMENT, build
from local.workspace import HOST, ROOT

_ROUNDS = 7
_WARM_REQUESTS = 200
_LATENCY_SECONDS = 0.005

_OURS = "from personalization.handlers.get_profile import handler"
_PLAIN = """
import json, os
import boto3
dynamodb = boto3.resource("dynamodb")
users, donations, context = (dynamodb.Table(os.environ[n]) for n in ("USERS_TABLE", "DONATIONS_TABLE", "CONTEXT_TABLE"))
from boto3.dynamodb.conditions import Key
def handler(event, _):
    claims = event["requestContext"]["authorizer"]["claims"]
    user_id = event["queryStringParameters"]["userId"]
    if user_id != claims["sub"]:
        return {"statusCode": 404, "body": "{}"}
    mine = Key("userId").eq(user_id)
    user = users.get_item(Key={"userId": user_id}, ConsistentRead=True)["Item"]
    newest = dict(ScanIndexForward=False, ConsistentRead=True)
    gifts = donations.query(KeyConditionExpression=mine & Key("donationId").lt("totals"), Limit=21, **newest)["Items"]
    totals = donations.query(KeyConditionExpression=mine & Key("donationId").begins_with("totals"), **newest)["Items"]
    latest = context.query(KeyConditionExpression=mine, Limit=1, **newest)["Items"]
    body = {**user, "donations": {"items": gifts[:20], "totals": totals}, "context": latest[0] if latest else None}
    return {"statusCode": 200, "body": json.dumps(body, default=str)}
"""
_MEASURE = """
import json, resource, sys, time
event = json.load(open(sys.argv[1]))
assert handler(event, None)["statusCode"] == 200
cold = time.process_time()
for _ in range(20):
    handler(event, None)
cpu, wall = time.process_time(), time.perf_counter()
for _ in range(int(sys.argv[2])):
    handler(event, None)
cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps({"cold": cold, "cpu": cpu / int(sys.argv[2]), "wall": wall / int(sys.argv[2]), "peak": peak / 1024}))
"""
_USER = "0197a1b2-0000-7000-8000-000000000001"
_WORDS = {
    "userId": {"S": _USER},
    "name": {"S": "Ada"},
    "email": {"S": "ada@example.org"},
    "createdAt": {"S": "2026-01-01T00:00:00.000Z"},
    "preferences": {"M": {"channels": {"L": [{"S": "email"}]}, "frequency": {"S": "monthly"}}},
    "consent": {"L": []},
    "interests": {"L": [{"S": "running"}]},
    "version": {"N": "1"},
}


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        built = build(Path(folder) / "build")
        layer, function = built / "SharedLayer/python", built / "Personalization/GetProfileFunction"
        event = Path(folder) / "event.json"
        event.write_text(json.dumps(_event()))
        server = ThreadingHTTPServer((HOST, 0), _Dynamo)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        environment = ENVIRONMENT | {
            "AWS_ENDPOINT_URL": f"http://{HOST}:{server.server_port}",
            "TOKEN_CLIENT_ID": _event()["requestContext"]["authorizer"]["claims"]["client_id"],
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        # The plain handler takes boto3 from here, and everything else from the same layer.
        boto3 = _boto3_alone(Path(folder) / "boto3")
        paths = {"ours": f"{function}:{layer}", "plain": f"{boto3}:{layer}"}
        code = {"ours": _OURS, "plain": _PLAIN}
        results: dict[str, list[dict[str, float]]] = {name: [] for name in code}
        for _ in range(_ROUNDS):
            for name in code:
                call = [sys.executable, "-S", "-c", code[name] + "\n" + _MEASURE, str(event), str(_WARM_REQUESTS)]
                told = environment | {"PYTHONPATH": paths[name]}
                done = subprocess.run(call, env=told, check=True, stdout=subprocess.PIPE, text=True)
                results[name].append(json.loads(done.stdout.splitlines()[-1]))
        server.shutdown()
        for what, unit, factor in (
            ("cold", "ms CPU", 1000),
            ("cpu", "ms CPU warm", 1000),
            ("wall", "ms wall warm", 1000),
            ("peak", "MB", 1),
        ):
            ours, plain = (statistics.median(r[what] for r in results[name]) * factor for name in ("ours", "plain"))
            print(f"{unit:14} ours {ours:7.2f}  plain {plain:7.2f}  ratio {ours / plain:.2f}")
        for name, tree in (("layer", built / "SharedLayer"), ("function", function)):
            size = sum(file.stat().st_size for file in tree.rglob("*") if file.is_file())
            print(f"unpacked {name}: {size / 1024:,.0f} KB")


def _boto3_alone(target: Path) -> Path:
    """boto3 and s3transfer, compiled like the layer."""
    packages = ROOT / ".venv/lib/python3.13/site-packages"
    target.mkdir()
    for name in ("boto3", "s3transfer"):
        subprocess.run(["cp", "-R", str(packages / name), str(target)], check=True)
    compile_ = ["-m", "compileall", "-qf", "--invalidation-mode", "unchecked-hash", str(target)]
    subprocess.run([sys.executable, *compile_], check=True)
    return target


def _event() -> dict[str, dict[str, dict[str, dict[str, str]]]]:
    event = json.loads((ROOT / "events/personalization/get_profile.json").read_text())
    return dict(event)


class _Dynamo(BaseHTTPRequestHandler):
    """Answers GetItem with a supporter and every Query with twenty rows of its table, 5 ms late."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        time.sleep(_LATENCY_SECONDS)
        operation = self.headers["X-Amz-Target"].rpartition(".")[2]
        answer: object = {"Item": _WORDS}
        if operation == "Query":
            rows = _rows(asked)
            answer = {"Items": rows, "Count": len(rows), "ScannedCount": len(rows)}
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


def _rows(asked: dict[str, object]) -> list[dict[str, object]]:
    if asked["TableName"] == ENVIRONMENT["CONTEXT_TABLE"]:
        nothing: dict[str, object] = {name: {"L": []} for name in ("interests", "intents", "facts")}
        written = {"S": "2026-01-01T00:00:00.000Z"}
        return [{"userId": {"S": _USER}, "version": {"N": "1"}, "updatedAt": written, **nothing}]
    if "totals" in json.dumps(asked) and "begins_with" in json.dumps(asked):
        return [
            {
                "userId": {"S": _USER},
                "donationId": {"S": "totals#GBP"},
                "amount": {"N": "20000"},
                "currency": {"S": "GBP"},
            }
        ]
    return [_gift(number) for number in range(20)]


def _gift(number: int) -> dict[str, object]:
    return {
        "userId": {"S": _USER},
        "donationId": {"S": f"0197a1b2-0000-7000-8000-{number:012}"},
        "kind": {"S": "gift"},
        "amount": {"N": "1000"},
        "currency": {"S": "GBP"},
        "frequency": {"S": "one-off"},
        "anonymous": {"BOOL": False},
        "refunded": {"N": "0"},
        "createdAt": {"S": "2026-01-01T00:00:00.000Z"},
    }


if __name__ == "__main__":
    os.environ.setdefault("SAM_CLI_TELEMETRY", "0")
    main()
