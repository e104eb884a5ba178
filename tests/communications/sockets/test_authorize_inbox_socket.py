from datetime import UTC, datetime
from typing import Any

from communications.sockets.handlers.authorize_inbox_socket import handler
from shared.auth.callers import Caller
from shared.sockets.connections import issue
from tests.communications.sockets.fakes import Stage
from tests.shared.lambda_context import CONTEXT


def effect(ticket: str) -> str:
    arn = "arn:aws:execute-api:us-west-2:123456789012:api/v1/$connect"
    event = {"methodArn": arn, "queryStringParameters": {"ticket": ticket}, "requestContext": {}}
    answer: dict[str, Any] = handler(event, CONTEXT)
    return str(answer["policyDocument"]["Statement"][0]["Effect"])


def test_a_ticket_opens_one_socket(stage: Stage) -> None:
    ticket, _ = issue(Caller("ada"), "s1", stage.tickets, datetime.now(UTC))

    assert [effect(ticket), effect(ticket), effect("made up")] == ["Allow", "Deny", "Deny"]


def test_whoever_was_signed_out_opens_none(stage: Stage) -> None:
    now = datetime.now(UTC)
    ticket, _ = issue(Caller("ada"), "s1", stage.tickets, now)
    stage.access_ends.end("ada", now)

    assert effect(ticket) == "Deny"
