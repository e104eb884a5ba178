from typing import Any
from urllib.parse import urlencode

import pytest

from knowledge_base.answering.handlers.follow_reply_run import handler
from shared.auth.callers import Caller
from shared.errors import Unauthenticated
from shared.event_streams.tickets import StreamTicket
from shared.http import edge
from tests.knowledge_base.answering.fakes import Stage
from tests.shared.gateway_events import access_claims, http_api_event
from tests.shared.lambda_context import CONTEXT

pytestmark = pytest.mark.usefixtures("edge")


@pytest.fixture(autouse=True)
def verified(monkeypatch: pytest.MonkeyPatch) -> None:
    def verify(token: str) -> Any:
        if token not in {"sue", "tom"}:
            raise Unauthenticated("The access token is not valid.")
        return access_claims(token, "staff")

    monkeypatch.setattr(edge, "_verify", verify)


SUE = "sue"


def follow(*, token: str | None = SUE, last: str | None = None, ticket_id: str = "t1", **query: str) -> dict[str, Any]:
    headers = {"authorization": f"Bearer {token}"} if token else {}
    event = http_api_event(headers=headers | ({"last-event-id": last} if last else {}))
    event["routeKey"] = "GET /tickets/{ticketId}/runs/{runId}/events"
    path = {"ticketId": ticket_id, "runId": "run-1"}
    return handler(event | {"rawQueryString": urlencode(query), "pathParameters": path}, CONTEXT)


def test_what_follows_comes_as_an_event_stream_until_nothing_does(stage: Stage) -> None:
    run = stage.keep(user_id="sue", subject="t1")
    stage.say("one ", "two")
    assert [line for line in follow(last="1")["body"].splitlines() if line.startswith("id:")] == ["id: 2"]
    stage.run_service.stop(run)
    assert follow(last="3")["statusCode"] == 204


def test_a_ticket_stands_for_a_token(stage: Stage) -> None:
    run = stage.keep(user_id="sue", subject="t1")
    stage.say("one")
    ticket, _ = stage.run_tickets.issue(StreamTicket(Caller("sue"), "run-1"), run.created_at)
    assert "one" in follow(token=None, ticket=ticket)["body"]
    other, _ = stage.run_tickets.issue(StreamTicket(Caller("sue"), "run-2"), run.created_at)
    assert follow(token=None, ticket=other)["statusCode"] == 401


def test_nobody_else_follows(stage: Stage) -> None:
    stage.keep(user_id="sue", subject="t1")
    stage.say("one")
    assert follow(token="tom")["statusCode"] == 404
    assert follow(ticket_id="t2")["statusCode"] == 404
    assert follow(token=None)["statusCode"] == follow(token="made-up")["statusCode"] == 401


def test_whoever_was_signed_out_follows_nothing(stage: Stage) -> None:
    run = stage.keep(user_id="sue", subject="t1")
    stage.say("one")
    stage.ends.end("sue", run.created_at)
    assert follow()["statusCode"] == 401
