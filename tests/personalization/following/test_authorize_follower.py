from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from personalization.following.handlers.authorize_follower import handler
from shared.auth.callers import Caller
from shared.errors import Unauthenticated
from shared.event_streams.tickets import TICKET_LIFE, StreamTicket
from shared.http import edge
from tests.personalization.runs.fakes import Live
from tests.shared.gateway_events import access_claims
from tests.shared.lambda_context import CONTEXT

pytestmark = pytest.mark.usefixtures("edge")


@pytest.fixture(autouse=True)
def verified(monkeypatch: pytest.MonkeyPatch) -> None:
    def verify(token: str) -> Any:
        if token != "good":
            raise Unauthenticated("The access token is not valid.")
        return access_claims("ada", None)

    monkeypatch.setattr(edge, "_verify", verify)


def follow(ticket: str | None = None, token: str | None = None, run_id: str = "run-1") -> dict[str, Any]:
    return handler(
        {
            "type": "REQUEST",
            "methodArn": "arn:aws:execute-api:us-west-2:123456789012:a1b2c3d4e5/v1/GET/agent/runs/run-1/events",
            "headers": {"Authorization": f"Bearer {token}"} if token else {},
            "queryStringParameters": {"ticket": ticket} if ticket else None,
            "pathParameters": {"runId": run_id},
            "requestContext": {},
        },
        CONTEXT,
    )


def a_ticket(stage: Live, issued_ago: timedelta = timedelta()) -> str:
    now = datetime.now(UTC)
    return stage.run_tickets.issue(StreamTicket(Caller("ada", signed_in_at=now), "run-1"), now - issued_ago)[0]


def test_a_token_or_a_ticket_tells_who_follows(stage: Live) -> None:
    assert follow(token="good")["principalId"] == "ada"
    ticket = a_ticket(stage)
    for _ in range(2):
        assert follow(ticket)["principalId"] == "ada"


def test_nothing_wrong_and_nothing_at_all_is_refused(stage: Live) -> None:
    expired, good = a_ticket(stage, TICKET_LIFE), a_ticket(stage)
    calls: list[Callable[[], object]] = [
        lambda: follow(),
        lambda: follow(token="bad"),
        lambda: follow("made-up"),
        lambda: follow(expired),
        lambda: follow(good, run_id="run-2"),
    ]
    for call in calls:
        with pytest.raises(Exception, match=r"^Unauthorized$"):
            call()


def test_whoever_was_signed_out_may_not_follow_any_more(stage: Live) -> None:
    ticket = a_ticket(stage)
    stage.ends.end("ada", datetime.now(UTC))
    with pytest.raises(Exception, match=r"^Unauthorized$"):
        follow(ticket)
