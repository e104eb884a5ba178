"""A handler on boto3 and dicts that makes the calls it is given one after another, and checks nothing.

Run by `benchmarks.request_cost`, which hands it the calls of a first and of a warm request: sys.argv[3].
"""

import json
import os
import sys
from decimal import Decimal
from typing import Any

import boto3

with open(sys.argv[3]) as file:
    first, warm = json.load(file, parse_float=Decimal)["dicts"]
_ENDPOINTS = {"apigatewaymanagementapi": os.environ["SOCKET_ENDPOINT"]}


def _client(service: str) -> Any:
    sdk: Any = boto3  # its stubs want literals
    if service == "dynamodb":
        return sdk.resource(service).meta.client
    return sdk.client(service, endpoint_url=_ENDPOINTS.get(service))


clients = {service: _client(service) for service in {call["service"] for part in (first, warm) for call in part}}
todo = [first]


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    body = json.loads(event.get("body") or "{}")
    answers = [made(clients[call["service"]], call) for call in (todo.pop() if todo else warm)]
    return {"statusCode": 200, "body": json.dumps([body, answers], default=str)}


def made(client: Any, call: dict[str, Any]) -> Any:
    """One call of a boto3 client."""
    service, operation, payload = call["service"], call["operation"], call["payload"]
    if service == "bedrock-runtime":
        return client.converse(modelId=operation, **payload)
    if service == "apigatewaymanagementapi":
        return client.post_to_connection(ConnectionId="x", Data=json.dumps(payload))
    method = "".join("_" + c.lower() if c.isupper() else c for c in operation).removeprefix("_")
    return getattr(client, method)(**payload)
