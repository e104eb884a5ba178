from datetime import UTC, datetime
from typing import Any

from commerce.support.handlers.authorize_support_socket import handler
from shared.auth.callers import Caller
from shared.sockets.connections import issue
from tests.commerce.support.fakes import Live
from tests.shared.lambda_context import CONTEXT


def opened(ticket: str) -> dict[str, Any]:
    arn = "arn:aws:execute-api:us-west-2:123456789012:api/v1/$connect"
    return handler({"methodArn": arn, "queryStringParameters": {"ticket": ticket}, "requestContext": {}}, CONTEXT)


def effect(answer: dict[str, Any]) -> str:
    return str(answer["policyDocument"]["Statement"][0]["Effect"])


def test_a_ticket_opens_one_socket(stage: Live) -> None:
    ticket, _ = issue(Caller("ada"), "s1", stage.tickets, datetime.now(UTC))
    answer = opened(ticket)
    assert effect(answer) == "Allow"
    assert (answer["context"]["userId"], answer["context"]["sessionId"]) == ("ada", "s1")
    assert effect(opened(ticket)) == "Deny"


def test_whoever_was_signed_out_opens_none(stage: Live) -> None:
    now = datetime.now(UTC)
    ticket, _ = issue(Caller("ada"), "s1", stage.tickets, now)
    stage.ends.end("ada", now)
    assert effect(opened(ticket)) == "Deny"
