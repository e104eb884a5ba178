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
from tests.personalization.articles.fakes import FakeEraser, FakeHistory, FakeProjectAccess, FakeTexts
from tests.personalization.calls import Answer, called
from tests.shared.persistence.fake_transactions import committed

pytestmark = pytest.mark.usefixtures("edge")

NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def history(monkeypatch: pytest.MonkeyPatch) -> FakeHistory:
    history = FakeHistory()
    service = SessionService(FakeProjectAccess(), history, FakeTexts(), FakeEraser(history))
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
    assert set(first.json["items"][0]) == {
        "sessionId",
        "projectId",
        "userId",
        "title",
        "startedAt",
        "lastMessageAt",
    }
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


def one(method: str, caller: str = "ada", session_id: str = "s1", body: object = None) -> Answer:
    resource = "/api/projects/{projectId}/sessions/{sessionId}"
    path = {"projectId": "p1", "sessionId": session_id}
    return called(handler, caller, body=body, path=path, resource=resource, method=method)


def test_a_session_is_renamed_by_its_user(history: FakeHistory) -> None:
    begun(history)
    renamed = one("PATCH", body={"title": "  Spring   campaign "})
    assert (renamed.status, renamed.json["sessionId"], renamed.json["title"]) == (200, "s1", "Spring campaign")
    assert [each["title"] for each in sessions().json["items"]] == ["Spring campaign"]


@pytest.mark.parametrize(
    "body", [{}, {"title": ""}, {"title": " "}, {"title": "x" * 101}, {"title": None}, {"name": "x"}]
)
def test_a_title_is_a_line_of_text(history: FakeHistory, body: dict[str, object]) -> None:
    begun(history)
    assert one("PATCH", body=body).status == 422
    assert [each["title"] for each in sessions().json["items"]] == ["Screening saves lives."]


def test_a_session_is_deleted_by_its_user_with_its_messages(history: FakeHistory) -> None:
    committed(history.begin(an_exchange("run-1", begun(history), at=NOW)))
    committed(history.begin(an_exchange("run-2", begun(history, "s2"), at=NOW)))
    assert one("DELETE").status == 204
    assert [each["sessionId"] for each in sessions().json["items"]] == ["s2"]
    assert messages().status == 404
    assert one("DELETE").status == 404
    assert [each.run_id for each in history.all] == ["run-2"]


@pytest.mark.parametrize(("method", "body"), [("PATCH", {"title": "Mine"}), ("DELETE", None)])
def test_nobody_changes_another_s_session(history: FakeHistory, method: str, body: object) -> None:
    begun(history)
    assert one(method, "bob", body=body).status == 404
    assert one(method, "eve", body=body).status == 404
    assert one(method, session_id="s9", body=body).status == 404
    assert [each["title"] for each in sessions().json["items"]] == ["Screening saves lives."]


def test_a_session_that_cannot_be_deleted_in_time_is_deleted_by_a_repetition(
    history: FakeHistory, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun(history)
    with monkeypatch.context() as patched:
        patched.setattr(FakeEraser, "erase", lambda *_: False)
        refused = one("DELETE")
        assert refused.status == 503
    assert one("DELETE").status == 204
