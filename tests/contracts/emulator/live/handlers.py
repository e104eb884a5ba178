"""The functions of template.yaml, which are controlled by messages, queries and items."""

import json
import os
import time
from functools import cache
from typing import Any

type Event = dict[str, Any]


class Busy(Exception):
    pass


class Refused(Exception):
    pass


# --- Sockets ---


def authorize(event: Event, context: Any) -> Event:
    """Denies the ticket "bad"; any other may connect, and is in the context of every message."""
    ticket = event["queryStringParameters"]["ticket"]
    return _policy(event, "Deny" if ticket == "bad" else "Allow", {"ticket": ticket, "number": 1})


def connect(event: Event, context: Any) -> Event:
    """Refuses the ticket "late", which the authorizer has allowed."""
    return {"statusCode": 403 if event["requestContext"]["authorizer"]["ticket"] == "late" else 200}


def disconnect(event: Event, context: Any) -> Event:
    _keep(event["requestContext"]["connectionId"], event["requestContext"])
    return {"statusCode": 200}


def receive(event: Event, context: Any) -> Event:
    """Wait for `wait` seconds, then `fail`, `send` a text, or by default send what it received."""
    try:
        message = json.loads(event["body"])
    except ValueError:
        message = None
    command = message if isinstance(message, dict) else {}
    time.sleep(command.get("wait", 0))
    if command.get("fail"):
        raise Refused
    received = {
        "context": event["requestContext"],
        "length": len(event["body"]),
        "base64": event["isBase64Encoded"],
        "url": os.environ["SOCKET_URL"],
    }
    text = command.get("send") or json.dumps(received)
    _client("apigatewaymanagementapi", os.environ["SOCKET_ENDPOINT"]).post_to_connection(
        ConnectionId=event["requestContext"]["connectionId"], Data=text.encode()
    )
    return {"statusCode": 200, "body": "is not sent"}


# --- Server-sent events ---


def authorize_follower(event: Event, context: Any) -> Event:
    """A REST authorizer that accepts the ticket "good" in the query or in a header."""
    headers = {name.lower(): value for name, value in event["headers"].items()}
    ticket = (event["queryStringParameters"] or {}).get("ticket") or headers.get("authorization")
    if ticket is None:
        raise Exception("Unauthorized")  # the message that API Gateway turns into a 401
    return _policy(event, "Allow" if ticket in {"good", "Bearer good"} else "Deny", {"run": "run-1", "groups": "[]"})


def follow(event: Event, context: Any) -> Event:
    """After `wait` seconds, one event with what the function received; 204 for `after=end`."""
    query = event["queryStringParameters"] or {}
    time.sleep(float(query.get("wait", 0)))
    headers = {"Access-Control-Allow-Origin": "http://localhost:5173", "Cache-Control": "no-store"}
    if query.get("after") == "end":
        return {"statusCode": 204, "headers": headers}
    last = next((value for name, value in event["headers"].items() if name.lower() == "last-event-id"), None)
    received = {"authorizer": event["requestContext"].get("authorizer"), "last": last, "query": query}
    return {
        "statusCode": 200,
        "headers": headers | {"Content-Type": "text/event-stream"},
        "body": f"id: 1\ndata: {json.dumps(received)}\n\n: grüße\n\n",
    }


# --- Queues, schedules and state machines ---


def enqueue(event: Event, context: Any) -> Event:
    """Sends the `job` to the queue and starts an execution for the `items`; returns the execution's ARN."""
    if job := event.get("job"):
        _client("sqs").send_message(QueueUrl=os.environ["QUEUE"], MessageBody=json.dumps(job))
    if items := event.get("items"):
        started = _client("stepfunctions").start_execution(
            stateMachineArn=os.environ["MACHINE"], input=json.dumps({"items": items})
        )
        return {"execution": started["executionArn"]}
    return {}


def work(event: Event, context: Any) -> Event:
    """Stores when and where each attempt at a job began and ended; the job decides whether it waits and fails."""
    (record,) = event["Records"]
    job, attempt = json.loads(record["body"]), int(record["attributes"]["ApproximateReceiveCount"])
    began = {"began": time.time(), "pid": os.getpid(), "message": record["messageId"]}
    key = f"{job['id']}/{attempt}"
    _keep(key, began)
    while "until" in job and not _is_kept(job["until"]):
        time.sleep(0.2)
    if attempt <= job.get("failures", 0):
        return {"batchItemFailures": [{"itemIdentifier": record["messageId"]}]}
    _keep(key, began | {"ended": time.time()})
    return {}


def tick(event: Event, context: Any) -> Event:
    _keep("tick", event)
    return {}


def step(event: Event, context: Any) -> Event:
    """Doubles a number; raises Refused for 0, and Busy for 13."""
    item = event["item"]
    if item == 0:
        raise Refused("nothing to do")
    if item == 13:
        raise Busy("try again")
    return {"item": item, "doubled": 2 * item}


def _policy(event: Event, effect: str, context: Event) -> Event:
    statement = {"Action": "execute-api:Invoke", "Effect": effect, "Resource": event["methodArn"]}
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    return {"principalId": "ann", "policyDocument": policy, "context": context}


def _keep(key: str, value: object) -> None:
    item = {"pk": {"S": key}, "value": {"S": json.dumps(value)}}
    _client("dynamodb").put_item(TableName=os.environ["TABLE"], Item=item)


def _is_kept(key: str) -> bool:
    return "Item" in _client("dynamodb").get_item(TableName=os.environ["TABLE"], Key={"pk": {"S": key}})


@cache
def _client(service: str, endpoint: str | None = None) -> Any:
    import boto3

    return boto3.session.Session().client(service, endpoint_url=endpoint)  # type: ignore[call-overload]
