"""A stand-in for DynamoDB, EventBridge, SQS, S3, Cognito and Bedrock that answers with a network's latency.

It has one supporter, their cart of twenty lines, a shop in which every product is a book, and projects with one prompt,
which the supporter owns.
"""

import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

from benchmarks.init_bytecode import ENVIRONMENT
from local.workspace import HOST

LATENCY_SECONDS = 0.005
_USER = "0197a1b2-0000-7000-8000-000000000001"
_WRITTEN = {"S": "2026-01-01T00:00:00.000Z"}
_EMPTY: dict[str, Any] = {"L": []}

_SUPPORTER = {
    "userId": {"S": _USER},
    "name": {"S": "Ada"},
    "email": {"S": "ada@example.org"},
    "createdAt": _WRITTEN,
    "preferences": {"M": {"channels": {"L": [{"S": "email"}]}, "frequency": {"S": "monthly"}}},
    "consent": {"L": [{"M": {"purpose": {"S": "personalisation"}, "granted": {"BOOL": True}, "recordedAt": _WRITTEN}}]},
    "interests": {"L": [{"S": "running"}]},
    "version": {"N": "1"},
}
_TOTAL = {"userId": {"S": _USER}, "donationId": {"S": "totals#GBP"}, "amount": {"N": "20000"}}
_CONTEXT = {"userId": {"S": _USER}, "version": {"N": "1"}, "updatedAt": _WRITTEN} | dict.fromkeys(
    ("interests", "intents", "facts"), _EMPTY
)
_MEMBER = {"M": {"userId": {"S": _USER}, "role": {"S": "owner"}, "addedAt": _WRITTEN, "addedBy": {"S": _USER}}}
_PROJECT = {
    "projectId": {"S": "0197a1b2-0000-7000-8000-000000000003"},
    "name": {"S": "Newsletter"},
    "description": {"S": "What we send in spring"},
    "settings": {"M": {}},
    "status": {"S": "ACTIVE"},
    "owner": {"S": _USER},
    "members": {"L": [_MEMBER]},
    "version": {"N": "1"},
    "membersVersion": {"N": "1"},
    "createdAt": _WRITTEN,
    "updatedAt": _WRITTEN,
}
_ACCOUNT = {
    "Username": _USER,
    "UserAttributes": [
        {"Name": "sub", "Value": _USER},
        {"Name": "email", "Value": "ada@example.org"},
        {"Name": "name", "Value": "Ada"},
    ],
    "UserCreateDate": 1767225600,
    "Enabled": True,
    "UserStatus": "CONFIRMED",
}
_TEXT = "Write for {{audience}}, in short sentences."
_VERSION = {
    "version": {"N": "1"},
    "title": {"S": "House style"},
    "variables": {"L": [{"S": "audience"}]},
    "includes": _EMPTY,
    "characters": {"N": str(len(_TEXT))},
    "digest": {"S": hashlib.sha256(_TEXT.encode()).hexdigest()},
    "textId": {"S": "text-1"},
    "savedBy": {"S": _USER},
    "savedAt": _WRITTEN,
}
_PROMPT = {
    "projectId": _PROJECT["projectId"],
    "promptId": {"S": "0197a1b2-0000-7000-8000-000000000004"},
    "title": {"S": "House style"},
    "tags": _EMPTY,
    "isActive": {"BOOL": True},
    "version": {"N": "2"},
    "latest": {"M": _VERSION | {"version": {"N": "2"}}},
    "production": {"M": _VERSION},
    "labels": {"M": {"production": {"N": "1"}}},
    "labelMoves": {"N": "1"},
    "createdAt": _WRITTEN,
    "updatedAt": _WRITTEN,
}
_STEPS = {
    "projectId": _PROJECT["projectId"],
    "promptId": {"S": "steps"},
    "steps": {"M": {"0197a1b2-0000-7000-8000-000000000004": {"N": "1"}}},
    "prompts": {"N": "1"},
    "revision": {"N": "1"},
}
_LATER = {"N": str(2**32)}
_RUN = {
    "runId": {"S": "run"},
    "kind": {"S": "agent"},
    "userId": {"S": _USER},
    "subject": {"S": _USER},
    "sessionId": {"S": "main"},
    "request": {"M": {}},
    "createdAt": _WRITTEN,
    "overdueAt": _LATER,
    "expiresAt": _LATER,
    "status": {"S": "done"},
}
_LAST_FRAME = {
    "runId": {"S": "run"},
    "seq": {"N": "1"},
    "type": {"S": "done"},
    "fields": {"M": {}},
    "expiresAt": _LATER,
}
_TICKET = {
    "userId": {"S": _USER},
    "groups": _EMPTY,
    "signedInAt": _WRITTEN,
    "sessionId": {"S": "main"},
    "expiresAt": _LATER,
}
_SAID = {
    "output": {"message": {"role": "assistant", "content": [{"text": "Your gift paid for a day of research."}]}},
    "stopReason": "end_turn",
    "usage": {"inputTokens": 12, "outputTokens": 3, "totalTokens": 15},
    "metrics": {"latencyMs": 5},
}


_CLIENTS = {"cognitoidentityproviderservice": "cognito-idp"}
"""boto3's names for services that are called otherwise in their requests."""


@dataclass(frozen=True)
class Call:
    """For Bedrock, `operation` is a model's id."""

    service: str
    operation: str
    payload: dict[str, Any]
    answer: dict[str, Any] = field(default_factory=dict)


@dataclass
class StandIn:
    url: str
    calls: list[Call] = field(default_factory=list)
    """In their order; a request to `/mark` is a call of the service `mark`."""


@contextmanager
def running_stand_in() -> Iterator[StandIn]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            payload = json.loads(self.rfile.read(int(self.headers["Content-Length"])) or b"{}")
            service, _, operation = self.headers.get("X-Amz-Target", "").partition(".")
            service = service.partition("_")[0].removeprefix("AWS").removeprefix("Amazon").lower()
            service = _CLIENTS.get(service, service)
            if "/@connections/" in self.path:
                service, operation = "apigatewaymanagementapi", "PostToConnection"
            elif self.path.startswith("/model/"):
                service, operation = "bedrock-runtime", unquote(self.path.split("/")[2])
            elif self.path.startswith("/knowledgebases/"):
                service, operation = "bedrock-agent-runtime", "Retrieve"
            answer = _answer(service, operation, payload)
            stand_in.calls.append(Call(service or "mark", operation, payload, answer))
            time.sleep(LATENCY_SECONDS)
            body = json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            self._object("GetObject", {}, _TEXT.encode())

        def do_PUT(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self._object("PutObject", {"Body": body.decode()}, b"")

        def _object(self, operation: str, payload: dict[str, Any], body: bytes) -> None:
            bucket, _, key = unquote(self.path.partition("?")[0]).removeprefix("/").partition("/")
            stand_in.calls.append(Call("s3", operation, {"Bucket": bucket, "Key": key} | payload))
            time.sleep(LATENCY_SECONDS)
            self.send_response(200)
            self.send_header("x-amz-version-id", "text-1")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    with ThreadingHTTPServer((HOST, 0), Handler) as server:
        stand_in = StandIn(f"http://{HOST}:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield stand_in
        server.shutdown()
        thread.join()


def _answer(service: str, operation: str, payload: dict[str, Any]) -> dict[str, Any]:
    if service == "bedrock-runtime":
        return _SAID
    if operation == "Retrieve":
        return {"retrievalResults": _retrieved()}
    if operation == "PutEvents":
        return {"FailedEntryCount": 0, "Entries": [{"EventId": "1"} for _ in payload["Entries"]]}
    if operation == "GetItem":
        item = _item(payload["TableName"], payload["Key"])
        return {"Item": item} if item else {}
    if operation == "Query":
        items = _items(payload)
        return {"Items": items, "Count": len(items), "ScannedCount": len(items)}
    if operation == "BatchGetItem":
        request = payload["RequestItems"].items()
        found = {table: [_item(table, key) for key in wanted["Keys"]] for table, wanted in request}
        responses = {table: [item for item in items if item] for table, items in found.items()}
        return {"Responses": responses, "UnprocessedKeys": {}}
    if operation == "SendMessage":
        return {"MessageId": "1", "MD5OfMessageBody": hashlib.md5(payload["MessageBody"].encode()).hexdigest()}  # noqa: S324  SQS's
    if operation == "AdminGetUser":
        return _ACCOUNT
    if operation == "AdminListGroupsForUser":
        return {"Groups": [{"GroupName": "staff"}]}
    if operation == "UpdateItem":
        return {"Attributes": payload["Key"] | _changed(payload["TableName"])}
    return {}


def _retrieved() -> list[dict[str, Any]]:
    return []


def _changed(table: str) -> dict[str, Any]:
    if table == ENVIRONMENT["TICKETS_TABLE"]:
        return _TICKET
    return _cart() if table == ENVIRONMENT["CARTS_TABLE"] else {}


def _item(table: str, key: dict[str, Any]) -> dict[str, Any] | None:
    if table == ENVIRONMENT["USERS_TABLE"]:
        return _SUPPORTER
    if table == ENVIRONMENT["DONATIONS_TABLE"]:
        return _gift(2)
    if table == ENVIRONMENT["CONTENT_TABLE"]:
        return key | {"revision": {"N": "40"}}
    if table == ENVIRONMENT["RUNS_TABLE"]:
        return _RUN | key
    if table == ENVIRONMENT["PRODUCTS_TABLE"]:
        return _book(key["productId"]["S"])
    if table == ENVIRONMENT["CARTS_TABLE"]:
        return key | _cart()
    if table == ENVIRONMENT["PROJECTS_TABLE"]:
        return _PROJECT | key
    if table == ENVIRONMENT["PROMPTS_TABLE"]:
        return (_STEPS if key["promptId"] == _STEPS["promptId"] else _PROMPT) | key
    if table == ENVIRONMENT["PROMPT_HISTORY_TABLE"]:
        return _VERSION | key
    return None


def _items(request: dict[str, Any]) -> list[dict[str, Any]]:
    if request["TableName"] == ENVIRONMENT["CONTEXT_TABLE"]:
        return [_CONTEXT]
    if request["TableName"] == ENVIRONMENT["FRAMES_TABLE"]:
        return [_LAST_FRAME]
    if request["TableName"] == ENVIRONMENT["PROMPTS_TABLE"]:
        return [_PROMPT, _STEPS]
    if request["TableName"] == ENVIRONMENT["CONTENT_TABLE"]:
        return [_page(number) for number in range(40)]
    if request["TableName"] == ENVIRONMENT["DONATIONS_TABLE"]:
        if "begins_with" in request["KeyConditionExpression"]:
            return [_TOTAL]
        return [_gift(number) for number in range(min(20, request.get("Limit", 20)))]
    if request["TableName"] == ENVIRONMENT["PRODUCTS_TABLE"]:
        return [_book(f"book-{number:02}") for number in range(request.get("Limit", 20))]
    return []


def _gift(number: int) -> dict[str, Any]:
    id_ = {"S": f"0197a1b2-0000-7000-8000-{number:012}"}
    return {
        "userId": {"S": _USER},
        "donationId": id_,
        "giftId": id_,
        "openId": id_,
        "kind": {"S": "gift"},
        "origin": {"S": "request"},
        "amount": {"N": "1000"},
        "currency": {"S": "GBP"},
        "frequency": {"S": "one-off"},
        "anonymous": {"BOOL": False},
        "refunded": {"N": "0"},
        "createdAt": _WRITTEN,
    }


def _page(number: int) -> dict[str, Any]:
    return {
        "collection": {"S": "content"},
        "contentId": {"S": f"page-{number}"},
        "kind": {"S": "research"},
        "title": {"S": f"Clinical trials near you, part {number}"},
        "summary": {"S": "What a trial is, and how to take part in one."},
        "body": {"S": "Researchers compare new treatments with known ones. " * 20},
        "tags": {"L": [{"S": "clinical trials"}]},
        "version": {"N": "1"},
        "updatedAt": _WRITTEN,
    }


def _book(product_id: str) -> dict[str, Any]:
    return {
        "productId": {"S": product_id},
        "kind": {"S": "goods"},
        "name": {"S": "Stories for the Back Seat"},
        "description": {"S": "A good read, and looking for somebody who likes it as much as its first owner did. " * 3},
        "category": {"S": "Books"},
        "tags": {"L": [{"S": "stories"}, {"S": "second-hand"}]},
        "amount": {"N": "250"},
        "currency": {"S": "GBP"},
        "stock": {"N": "4"},
        "status": {"S": "active"},
        "images": _EMPTY,
        "version": {"N": "1"},
        "createdAt": _WRITTEN,
        "updatedAt": _WRITTEN,
        "shelf": {"S": "active"},
        "categoryShelf": {"S": "active#Books"},
        "priceKey": {"S": f"000000000250#{product_id}"},
        "ageKey": {"S": f"2026-01-01T00:00:00.000Z#{product_id}"},
    }


def _cart() -> dict[str, Any]:
    line = {
        "quantity": {"N": "1"},
        "name": {"S": "Stories for the Back Seat"},
        "kind": {"S": "goods"},
        "amount": {"N": "250"},
        "currency": {"S": "GBP"},
        "stock": {"N": "4"},
        "putAt": _WRITTEN,
    }
    lines = {f"book-{number:02}": {"M": line} for number in range(20)}
    return {"lines": {"M": lines}, "version": {"N": "20"}, "expiresAt": _LATER}
