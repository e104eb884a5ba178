from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from personalization.sockets.handlers.authorize_socket import handler
from shared.auth.callers import Caller
from shared.sockets.connections import issue
from tests.personalization.runs.fakes import Live
from tests.shared.lambda_context import CONTEXT

ARN = "arn:aws:execute-api:us-west-2:123456789012:a1b2c3d4e5/v1/$connect"


def open_socket(ticket: str | None) -> dict[str, Any]:
    return handler({"methodArn": ARN, "queryStringParameters": {"ticket": ticket} if ticket else None}, CONTEXT)


def is_refused(answer: dict[str, Any]) -> bool:
    return bool(answer["policyDocument"]["Statement"][0]["Effect"] == "Deny")


def test_a_ticket_opens_one_socket_for_its_user(stage: Live) -> None:
    now = datetime.now(UTC)
    ticket, _ = issue(Caller("ada", frozenset({"staff"}), now), "s1", stage.tickets, now)
    answer = open_socket(ticket)
    assert answer["principalId"] == "ada"
    assert answer["context"] == {
        "userId": "ada",
        "groups": "staff",
        "sessionId": "s1",
        "signedInAt": str(int(now.timestamp())),
    }
    assert is_refused(open_socket(ticket))


@pytest.mark.parametrize("ticket", [None, "made-up"])
def test_without_a_ticket_there_is_no_socket(stage: Live, ticket: str | None) -> None:
    assert is_refused(open_socket(ticket))
    assert stage.connections.by_id == {}


def test_a_ticket_opens_nothing_after_a_minute_or_after_its_users_access_has_ended(stage: Live) -> None:
    now = datetime.now(UTC)
    late, _ = issue(Caller("ada"), "s1", stage.tickets, now - timedelta(seconds=60))
    ended, _ = issue(Caller("ben", signed_in_at=now), "s1", stage.tickets, now)
    stage.ends.end("ben", now)
    for ticket in (late, ended):
        assert is_refused(open_socket(ticket))
