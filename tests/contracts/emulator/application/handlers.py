# ruff: noqa: ARG001, T201  Lambda passes both arguments, and what is printed is logged
"""The functions of the application that the contract tests deploy, each with one effect that tests can observe."""

import base64
import gzip
import json
import os
import socket
import sys
import time
from typing import Any

type Event = dict[str, Any]

MODULES_ON_IMPORT = sorted(sys.modules)
FAILED_ONCE: set[str] = set()


class OutOfStock(Exception):
    pass


def respond(status: int = 200, **body: object) -> Event:
    return {
        "statusCode": status,
        "headers": {"Content-Type": "application/json"},
        "body": json.dumps(body, default=str),
    }


def echo(event: Event, context: Any) -> Event:
    """Returns what it received from the gateway."""
    print(json.dumps({"message": "echo"}))
    request = event["requestContext"]
    return respond(
        requestId=request["requestId"],
        authorizer=request.get("authorizer"),
        version=event.get("version"),
        method=event.get("httpMethod") or request["http"]["method"],
        path=event.get("path") or event["rawPath"],
        pathParameters=event.get("pathParameters"),
        body=event.get("body"),
        isBase64Encoded=event.get("isBase64Encoded"),
        lambdaRequestId=context.aws_request_id,
    )


def silent(event: Event, context: Any) -> Event:
    return respond()


def challenge(event: Event, context: Any) -> Event:
    """Refuses, with headers that REST APIs rename, pass on and drop."""
    headers = {"WWW-Authenticate": "Bearer", "Vary": "Accept", "Via": "1.1 function"}
    return {"statusCode": 401, "headers": headers, "body": ""}


def fail(event: Event, context: Any) -> Event:
    raise RuntimeError(f"no {event.get('triggerSource', 'reason')}")


def malformed(event: Event, context: Any) -> str:
    return "not what API Gateway expects"


def long(event: Event, context: Any) -> Event:
    """A REST API's gateway compresses it; an HTTP API passes on what the function has compressed."""
    text = "x" * 2000
    if "routeKey" not in event:
        return respond(text=text)
    body = base64.b64encode(gzip.compress(text.encode())).decode()
    return {"statusCode": 200, "headers": {"Content-Encoding": "gzip"}, "body": body, "isBase64Encoded": True}


def large(event: Event, context: Any) -> Event:
    return respond(text="x" * 7 * 1024 * 1024)


def sleep(event: Event, context: Any) -> Event:
    time.sleep(event.get("seconds", 2))
    return respond(pid=os.getpid())


def pick(event: Event, context: Any) -> Event:
    """Raises if there is no stock, otherwise returns which process this is."""
    if event.get("stock") == 0:
        raise OutOfStock("none left")
    return {"pid": os.getpid(), "parent": os.getppid()}


def modules_on_import(event: Event, context: Any) -> list[str]:
    return MODULES_ON_IMPORT


def environment(event: list[str], context: Any) -> dict[str, str]:
    """Returns the values of the requested variables."""
    return {name: os.environ[name] for name in event}


def keep(event: Event, context: Any) -> Event:
    """Stores the event in the table under an id from the test, if its role has the permission."""
    detail = event.get("detail", event)
    key = event.get("userName") or detail["id"]
    if detail.get("fail"):
        raise OutOfStock(key)
    table().put_item(TableName=os.environ["TABLE"], Item={"pk": {"S": key}, "event": {"S": json.dumps(event)}})
    return event


def keep_messages(event: Event, context: Any) -> Event:
    """Stores each message of a batch, and reports those that it could not store."""
    failures = []
    for record in event["Records"]:
        try:
            keep(json.loads(record["body"]), context)
        except OutOfStock:
            failures.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failures}


def read_changes(event: Event, context: Any) -> Event:
    """Logs the ids of a stream's records; "raise…" raises, "report…" is reported as failed, "once…" only once."""
    numbers = {
        record["dynamodb"]["Keys"]["id"]["S"]: record["dynamodb"]["SequenceNumber"] for record in event["Records"]
    }
    print(json.dumps(list(numbers)))
    if any(id_.startswith("raise") for id_ in numbers):
        raise OutOfStock
    failed = [id_ for id_ in numbers if id_.startswith("report") or (id_.startswith("once") and id_ not in FAILED_ONCE)]
    FAILED_ONCE.update(failed)
    reported = [{"itemIdentifier": numbers[id_]} for id_ in reversed(failed)]
    return {"batchItemFailures": reported + [{} for id_ in numbers if id_.startswith("nameless")]}


def allow_ticket(event: Event, context: Any) -> Event:
    """A REST authorizer: "good" is allowed, "unknown" is unauthorized, any other ticket is denied."""
    ticket = (event["queryStringParameters"] or {}).get("ticket", "unknown")
    if ticket == "unknown":
        raise Exception("Unauthorized")  # the message that API Gateway turns into a 401
    statement = {
        "Action": "execute-api:Invoke",
        "Effect": "Allow" if ticket == "good" else "Deny",
        "Resource": event["methodArn"],
    }
    return {
        "principalId": "ann",
        "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        "context": {"runId": "run-1", "seenAs": event["requestContext"]["requestId"]},
    }


def allow_header(event: Event, context: Any) -> Event:
    """An HTTP API authorizer with a simple response."""
    return {"isAuthorized": event["headers"].get("x-ticket") == "good", "context": {"runId": "run-1"}}


def table() -> Any:
    import boto3

    return boto3.client("dynamodb")


def end_while_answering(event: Any, context: Any) -> None:
    """Send half of an answer, and end."""
    host, _, port = os.environ["AWS_LAMBDA_RUNTIME_API"].partition(":")
    path = f"/2018-06-01/runtime/invocation/{context.aws_request_id}/response"
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 100\r\n\r\n".encode())
    os._exit(1)
