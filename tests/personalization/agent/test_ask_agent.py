"""POST /agent: answers, and who gets them."""

import base64
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from local.workspace import ROOT
from shared.http.edge import edge_settings
from shared.ids import uuid7
from shared.models.model import ModelAnswer, Usage
from tests.personalization.agent.agent_api import (
    ANSWER,
    GOOD,
    JSON,
    AgentApi,
    ask,
    nothing_is_written,
    post,
    sent,
    world,
)
from tests.personalization.examples import NOW, a_context, an_interaction, session_after
from tests.shared.gateway_events import ORIGIN, access_claims, rest_event

__all__ = ["world"]

pytestmark = pytest.mark.usefixtures("edge")

SAMPLE = ROOT / "events" / "personalization" / "ask_agent.json"


def test_supporter_is_answered() -> None:
    answer = ask()

    assert answer.status == 200
    assert answer.json == {
        "content": "You like clean water.",
        "sessionId": "main",
        "interactionId": uuid7(NOW, 1),
        "contextVersion": 1,
        "usage": {"inputTokens": 210, "outputTokens": 45},
        "basis": [{"fact": "interests", "value": "clean water, education"}],
        "sources": [],
    }


def test_answer_names_the_pages_that_it_cites(world: AgentApi) -> None:
    world.answers(ModelAnswer("Walk with us [2]. Or build wells [1]. Or swim [3].", Usage(210, 45)))

    answer = ask(input="How can I help with water?")

    assert answer.json["content"] == "Walk with us [1]. Or build wells [2]. Or swim."
    assert [(each["contentId"], each["title"], each["url"]) for each in answer.json["sources"]] == [
        ("walk", "A walk for water", None),
        ("wells", "Wells for villages", "https://almoner.example/wells"),
    ]


def test_answer_is_not_kept_by_browsers_and_proxies() -> None:
    headers = ask().headers

    assert headers["Content-Type"] == "application/json"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Access-Control-Allow-Origin"] == ORIGIN


@pytest.fixture
def sample(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The sample event, in an environment that takes its token."""
    event: dict[str, Any] = json.loads(SAMPLE.read_text())
    monkeypatch.setenv("TOKEN_CLIENT_ID", event["requestContext"]["authorizer"]["claims"]["client_id"])
    edge_settings.cache_clear()
    return event


def test_sample_event_is_answered_in_the_shape_of_the_contract(sample: dict[str, Any]) -> None:
    answer = sent(sample)

    assert answer.status == 200, answer.json
    assert answer.json.keys() == {
        "content",
        "sessionId",
        "interactionId",
        "contextVersion",
        "usage",
        "basis",
        "sources",
    }
    assert answer.json["sessionId"] == json.loads(sample["body"])["sessionId"]
    assert answer.json["usage"].keys() == {"inputTokens", "outputTokens"}
    assert [item.keys() for item in answer.json["basis"]] == [{"fact", "value"}]


def test_next_turn_knows_the_last_one(world: AgentApi) -> None:
    ask()

    answer = ask(input="And now?")

    assert answer.json["contextVersion"] == 2
    assert answer.json["basis"] == [{"fact": "interests", "value": "clean water, education, running"}]
    assert [message.text for message in world.model.requests[1].messages] == [
        "Which causes do I like?",
        "You like clean water.",
        "And now?",
    ]


@pytest.mark.parametrize(
    "text",
    ["x", "x" * 8000, "😀" * 3000, "山" * 8000, "one\r\n\ttwo", '"quoted" \\ {"json": 1}', " padded ", "\u200bx", "‮x"],
    ids=lambda text: repr(text[:20]),
)
def test_question_reaches_the_model_as_it_was_written(world: AgentApi, text: str) -> None:
    assert ask(input=text).status == 200
    assert world.model.requests[0].messages[-1].text == text


@pytest.mark.parametrize("escaped", [True, False])
def test_eight_thousand_characters_are_counted_as_people_count_them(escaped: bool) -> None:
    body = json.dumps(GOOD | {"input": "😀" * 8000}, ensure_ascii=escaped)

    assert post(body).status == 200


@pytest.mark.parametrize("session_id", ["s", "S-1_a", "0" * 64, "-", "_"])
def test_clients_choose_the_names_of_their_sessions(session_id: str) -> None:
    assert ask(sessionId=session_id).json["sessionId"] == session_id


def test_body_in_base64_is_the_same_body() -> None:
    event = rest_event(access_claims("ada"), headers=JSON, resource="/agent", method="POST")
    event |= {"body": base64.b64encode(json.dumps(GOOD).encode()).decode(), "isBase64Encoded": True}

    assert sent(event).status == 200


# --- Who may ask


def test_nobody_asks_without_signing_in(world: AgentApi) -> None:
    answer = ask(caller=None)

    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert world.model.requests == []


@pytest.mark.parametrize("body", [None, "{", "[]", "{}", '{"input": ""}', " " * 70_000])
def test_whoever_is_not_signed_in_hears_that_first(body: str | None) -> None:
    assert post(body, caller=None).status == 401


@pytest.mark.parametrize("caller", ["bob", "newcomer"])
def test_nobody_asks_for_somebody_else(world: AgentApi, caller: str) -> None:
    answer = ask(caller)

    assert answer.status == 404
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json["detail"] == "There is no such supporter."
    assert world.model.requests == []
    assert nothing_is_written(world)


@pytest.mark.parametrize("groups", [["staff"], "[admin editors]"])
def test_staff_ask_for_anyone(groups: object) -> None:
    assert ask("staff-1", groups, userId="bob").status == 200


def test_what_staff_say_is_not_noted_as_the_supporters(world: AgentApi) -> None:
    assert ask("staff-1", "[staff]", input="I love running").status == 200

    [interaction] = world.memory.interactions
    assert (interaction.user_id, interaction.requested_by) == ("ada", "staff-1")
    assert world.memory.latest_context("ada").interests == ()


# --- Requests that come twice


def test_repeated_question_gets_the_first_answer(world: AgentApi) -> None:
    world.answers(ANSWER, replace(ANSWER, text="Something else."))

    first, again = ask(key="k1"), ask(key="k1")

    assert (again.status, again.json) == (first.status, first.json)
    assert len(world.memory.interactions) == 1
    assert len(world.model.requests) == 1
    assert ask(key="k2").json["content"] == "Something else."


def test_key_of_another_question_is_refused(world: AgentApi) -> None:
    ask(key="k1")

    answer = ask(key="k1", input="And now?")

    assert answer.status == 422
    assert answer.fields == ["Idempotency-Key"]
    assert len(world.model.requests) == 1


def test_keys_of_others_are_their_own() -> None:
    assert ask(key="k1").status == ask("bob", key="k1", userId="bob", sessionId="bobs").status == 200


@pytest.mark.parametrize("key", ["", "ü", "x" * 256])
def test_key_that_is_none_is_malformed(world: AgentApi, key: str) -> None:
    headers = JSON | {"Idempotency-Key": key}

    assert post(json.dumps(GOOD), headers=headers).fields == ["Idempotency-Key"]
    assert world.model.requests == []


def test_session_of_another_is_not_found(world: AgentApi) -> None:
    turn = an_interaction(1, "bob")
    world.memory.record(turn, a_context(1), session_after(turn), NOW)

    answer = ask()

    assert answer.status == 404
    assert answer.json["detail"] == "There is no such session."
    assert "bob" not in json.dumps(answer.json)
    assert world.model.requests == []


def test_turn_that_comes_after_the_session_has_expired_begins_a_new_one(world: AgentApi) -> None:
    turn = an_interaction(1, "bob")
    session = session_after(turn)
    world.memory.record(turn, a_context(1), session, NOW)
    world.memory.sessions["main"] = replace(session, expires_at=NOW - timedelta(seconds=1))

    assert ask().status == 200
    assert world.memory.sessions["main"].user_id == "ada"
