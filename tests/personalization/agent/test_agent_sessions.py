import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from personalization.agent import wiring
from personalization.agent.domain.conversations import ConversationRemover
from personalization.agent.handlers.agent_sessions import handler
from personalization.memory.domain.context import FactKind, Origin
from shared.http.cursors import Cursors
from shared.runs.run import Frame
from tests.personalization.agent.contracts.remembering import record
from tests.personalization.examples import a_context, a_supporter, an_interaction
from tests.personalization.stores import MemoryStore
from tests.shared.gateway_events import access_claims, rest_event
from tests.shared.lambda_context import CONTEXT
from tests.shared.runs.fake_runs import FakeLog, a_run

pytestmark = pytest.mark.usefixtures("edge")

AGO = timedelta(hours=2)


class Conversations:
    """Ada's two conversations of today, one of them streamed, and one of Bob's."""

    def __init__(self) -> None:
        self.store, self.runs = MemoryStore(), FakeLog()
        now = datetime.now(UTC) - AGO
        self.turns = [
            replace(an_interaction(number, session_id=session), occurred_at=now + timedelta(seconds=number))
            for number, session in enumerate(("walks", "walks", "wills"), 1)
        ]
        for user_id in ("ada", "bob"):
            self.store.keep(a_supporter(user_id))
        record(self.store, *self.turns, an_interaction(1, "bob", "of-bob"))
        origin = Origin(FactKind.REMEMBERED, "lives in Leeds", now, "walks", "turn-1")
        self.store.learn("ada", replace(a_context(4), facts=("lives in Leeds",), origins=(origin,)))
        self.run = replace(a_run(), run_id=self.turns[0].interaction_id)
        self.runs.create(self.run, lambda _: None)
        self.runs.append(Frame(self.run.run_id, 1, "delta", {"text": "Hello"}), self.run.expires_at)


@pytest.fixture(autouse=True)
def world(monkeypatch: pytest.MonkeyPatch) -> Conversations:
    made = Conversations()
    monkeypatch.setattr(wiring, "conversations", lambda: made.store.conversations)
    remover = ConversationRemover(made.store.conversations, made.store.contexts, made.runs)
    monkeypatch.setattr(wiring, "conversation_remover", lambda: remover)
    monkeypatch.setattr(wiring, "cursors", lambda: Cursors("a key for tests"))
    return made


def call(method: str, path: str, caller: str = "ada", **query: str) -> tuple[int, Any]:
    session_id = path.removeprefix("/agent/sessions").strip("/").removesuffix("/turns")
    resource = path.replace(session_id, "{sessionId}") if session_id else path
    groups = "staff" if caller == "priya" else None
    event = rest_event(access_claims(caller, groups), query, resource=resource, method=method)
    parameters = {"sessionId": session_id} if session_id else None
    answer = handler(event | {"pathParameters": parameters}, CONTEXT)
    return answer["statusCode"], json.loads(answer["body"] or "null")


def titles(caller: str = "ada", **query: str) -> list[str]:
    return [each["title"] for each in call("GET", "/agent/sessions", caller, **query)[1]["items"]]


def test_supporter_lists_their_conversations_page_by_page() -> None:
    status, page = call("GET", "/agent/sessions", userId="ada", limit="1")

    assert status == 200
    [newest] = page["items"]
    assert newest.keys() == {"sessionId", "title", "startedAt", "lastAt", "turns"}
    assert (newest["sessionId"], newest["title"], newest["turns"]) == ("wills", "question 3", 1)
    _, rest = call("GET", "/agent/sessions", limit="1", cursor=page["nextCursor"])
    assert ([each["sessionId"] for each in rest["items"]], rest["nextCursor"]) == (["walks"], None)


def test_turns_are_read_newest_first_with_what_they_rest_on(world: Conversations) -> None:
    status, page = call("GET", "/agent/sessions/walks/turns")

    assert status == 200
    assert [turn["input"] for turn in page["items"]] == ["question 2", "question 1"]
    assert (
        page["items"][1].items()
        >= {
            "interactionId": world.turns[0].interaction_id,
            "content": "answer 1",
            "status": "done",
            "basis": [{"fact": "name", "value": "Zoë 山田"}, {"fact": "interests", "value": "clean water, education"}],
        }.items()
    )


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/agent/sessions"),
        ("GET", "/agent/sessions/walks/turns"),
        ("DELETE", "/agent/sessions/walks"),
        ("DELETE", "/agent/sessions"),
    ],
)
def test_anothers_conversations_do_not_exist_and_staff_see_everybodys(method: str, path: str) -> None:
    assert call(method, path, "bob", userId="ada")[0] == 404
    assert len(titles()) == 2
    assert call(method, path, "priya", userId="ada")[0] in {200, 204}


@pytest.mark.parametrize("session_id", ["of-bob", "never-was"])
def test_what_is_not_ones_own_is_not_found(session_id: str) -> None:
    assert call("GET", f"/agent/sessions/{session_id}/turns")[0] == 404
    assert call("DELETE", f"/agent/sessions/{session_id}")[0] == 404
    assert titles("bob") == ["question 1"]


def test_deleted_conversation_goes_with_its_frames_and_what_it_taught(world: Conversations) -> None:
    for _ in range(2):
        assert call("DELETE", "/agent/sessions/walks") == (204, None)

    assert titles() == ["question 3"]
    assert call("GET", "/agent/sessions/walks/turns")[0] == 404
    assert [turn.session_id for turn in world.store.interactions("ada")] == ["wills"]
    assert (world.runs.runs, world.runs.logs.get(world.run.run_id)) == ({}, None)
    context = world.store.contexts.latest("ada")
    assert (context.facts, context.interests) == ((), ("clean water",))


def test_deleting_all_leaves_what_was_corrected_by_hand(world: Conversations) -> None:
    by_hand = Origin(FactKind.INTERESTS, "clean water", datetime.now(UTC))
    world.store.learn("ada", replace(a_context(5), origins=(by_hand,)))

    for _ in range(2):
        assert call("DELETE", "/agent/sessions", userId="ada") == (204, None)

    assert titles() == []
    assert world.store.interactions("ada") == []
    context = world.store.contexts.latest("ada")
    assert (context.interests, context.intents, context.facts) == (("clean water",), (), ())
    assert titles("bob") == ["question 1"]


def test_cursor_of_one_list_is_none_of_another() -> None:
    cursor = call("GET", "/agent/sessions", limit="1")[1]["nextCursor"]

    assert call("GET", "/agent/sessions", "bob", cursor=cursor)[0] == 400
    assert call("GET", "/agent/sessions/walks/turns", cursor=cursor)[0] == 400
