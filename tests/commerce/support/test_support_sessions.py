from datetime import UTC, datetime, timedelta

import pytest

from commerce.support.domain.history import Exchange, Reply, Session
from commerce.support.handlers.support_sessions import handler
from shared.models.model import Usage
from tests.commerce.calls import call
from tests.commerce.support.fakes import Live
from tests.shared.gateway_events import access_claims

pytestmark = pytest.mark.usefixtures("edge")

ADA, BEN = access_claims("ada"), access_claims("ben", "admin")
MESSAGES = "GET /support/sessions/{sessionId}/messages"


@pytest.fixture(autouse=True)
def said(stage: Live) -> None:
    now = datetime.now(UTC)
    for number, (session_id, user_id) in enumerate((("s1", "ada"), ("s2", "ada"), ("s3", "ben"))):
        stage.history.sessions_by_id[session_id] = Session(session_id, user_id, now, now + timedelta(seconds=number))
    done = Reply("done", "It costs 3.95 pounds.", usage=Usage(210, 45))
    for number, reply in enumerate((done, Reply("stopped", "It"), None)):
        sent_at, run_id = now + timedelta(seconds=number), f"run-{number}"
        exchange = Exchange(
            session_id="s1", run_id=run_id, user_id="ada", sent_at=sent_at, input=f"Question {number}?", reply=reply
        )
        stage.history.kept[run_id] = exchange


def test_a_customers_sessions_come_in_pages_the_latest_first() -> None:
    status, page = call(handler, "GET /support/sessions", claims=ADA, query={"limit": "1"})
    assert (status, [item["sessionId"] for item in page["items"]]) == (200, ["s2"])
    query = {"limit": "1", "cursor": page["nextCursor"]}
    _, page = call(handler, "GET /support/sessions", claims=ADA, query=query)
    assert ([item["sessionId"] for item in page["items"]], page["nextCursor"]) == (["s1"], None)
    assert call(handler, "GET /support/sessions", claims=BEN, query=query)[0] == 400


def test_messages_come_newest_first_also_those_without_an_answer() -> None:
    status, page = call(handler, MESSAGES, claims=ADA, sessionId="s1")
    assert status == 200
    assert [(each["userInput"], each["status"], each["assistantResponse"]) for each in page["items"]] == [
        ("Question 2?", "running", None),
        ("Question 1?", "stopped", "It"),
        ("Question 0?", "done", "It costs 3.95 pounds."),
    ]
    assert page["items"][2]["usage"] == {"inputTokens": 210, "outputTokens": 45}


def test_anothers_session_is_as_if_it_were_not_there_for_admins_too() -> None:
    assert call(handler, MESSAGES, claims=BEN, sessionId="s1")[0] == 404
    assert call(handler, MESSAGES, claims=ADA, sessionId="none")[0] == 404
