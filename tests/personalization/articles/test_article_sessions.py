"""GET /api/projects/{projectId}/sessions and their messages through the handler."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from personalization.articles import wiring as articles
from personalization.articles.domain.history import Session
from personalization.articles.domain.reading import SessionService
from personalization.articles.handlers.article_sessions import handler
from shared.http.cursors import Cursors
from tests.personalization.articles.examples import a_session, an_exchange
from tests.personalization.articles.fakes import FakeHistory, FakeProjectAccess, FakeTexts
from tests.personalization.calls import Answer, called
from tests.shared.persistence.fake_transactions import committed

pytestmark = pytest.mark.usefixtures("edge")

NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def history(monkeypatch: pytest.MonkeyPatch) -> FakeHistory:
    history = FakeHistory()
    service = SessionService(FakeProjectAccess(), history, FakeTexts())
    monkeypatch.setattr(articles, "session_service", lambda: service)
    monkeypatch.setattr(articles, "cursors", lambda: Cursors("a key for tests"))
    return history


def sessions(caller: str = "ada", **query: str) -> Answer:
    resource = "/api/projects/{projectId}/sessions"
    return called(handler, caller, query=query, path={"projectId": "p1"}, resource=resource)


def messages(caller: str = "ada", session_id: str = "s1", **query: str) -> Answer:
    resource = "/api/projects/{projectId}/sessions/{sessionId}/messages"
    path = {"projectId": "p1", "sessionId": session_id}
    return called(handler, caller, query=query, path=path, resource=resource)


def begun(history: FakeHistory, session_id: str = "s1", minutes: int = 0) -> Session:
    session = a_session(session_id, at=NOW + timedelta(minutes=minutes))
    committed(history.claim(session, NOW))
    return session


def test_sessions_come_in_pages(history: FakeHistory) -> None:
    for number in range(3):
        begun(history, f"s{number}", number)
    first = sessions(limit="2")
    assert [each["sessionId"] for each in first.json["items"]] == ["s2", "s1"]
    assert set(first.json["items"][0]) == {"sessionId", "projectId", "userId", "startedAt", "lastMessageAt"}
    rest = sessions(limit="2", cursor=first.json["nextCursor"])
    assert [each["sessionId"] for each in rest.json["items"]] == ["s0"]
    assert rest.json["nextCursor"] is None
    assert sessions("bob").json["items"] == []


def test_a_cursor_of_another_s_list_is_refused(history: FakeHistory) -> None:
    for number in range(3):
        begun(history, f"s{number}", number)
    cursor = sessions(limit="1").json["nextCursor"]
    assert sessions("bob", cursor=cursor).status == 400
    assert messages(cursor=cursor).status == 400


def test_messages_have_the_article_and_its_answer(history: FakeHistory) -> None:
    session = begun(history)
    committed(history.begin(an_exchange("run-1", session, at=NOW)))
    working = replace(an_exchange("run-2", session, at=NOW + timedelta(minutes=1)), reply=None)
    committed(history.begin(working))
    newest, oldest = messages().json["items"]
    assert (newest["runId"], newest["status"], newest["assistantResponse"], newest["usage"]) == (
        "run-2",
        "running",
        None,
        None,
    )
    assert {name: oldest[name] for name in oldest if name not in {"timestamp", "userId"}} == {
        "runId": "run-1",
        "userInput": "An article.",
        "assistantResponse": "A summary.",
        "promptCardsUsed": ["card-1@3", "card-2@1"],
        "processingTime": 1234,
        "usage": {"inputTokens": 100, "outputTokens": 20},
        "cost": {"micros": 600, "currency": "USD"},
        "status": "done",
    }


def test_messages_come_in_pages(history: FakeHistory) -> None:
    session = begun(history)
    for number in range(3):
        committed(history.begin(an_exchange(f"run-{number}", session, at=NOW + timedelta(minutes=number))))
    first = messages(limit="2")
    rest = messages(limit="2", cursor=first.json["nextCursor"])
    assert [each["runId"] for each in first.json["items"] + rest.json["items"]] == ["run-2", "run-1", "run-0"]


def test_another_s_session_is_not_there(history: FakeHistory) -> None:
    begun(history)
    assert messages("bob").status == 404
    assert messages("eve").status == 404
    assert sessions("eve").status == 404
    assert messages(session_id="s9").status == 404


@pytest.mark.parametrize("limit", ["0", "51", "x"])
def test_a_page_has_its_limits(history: FakeHistory, limit: str) -> None:  # noqa: ARG001
    assert sessions(limit=limit).status == 400
