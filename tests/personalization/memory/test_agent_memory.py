import json
from typing import Any

import pytest

from personalization.memory import wiring
from personalization.memory.domain.context import SupporterContext
from personalization.memory.domain.learning import Learned, Lesson, next_version
from personalization.memory.handlers.agent_memory import handler
from personalization.supporters.domain.consent import PERSONALISATION
from tests.personalization.examples import NOW, a_supporter, consenting
from tests.personalization.fakes import FakeContexts, FakeProfiles, FakeSupporters
from tests.shared.gateway_events import access_claims, rest_event
from tests.shared.lambda_context import CONTEXT

pytestmark = pytest.mark.usefixtures("edge")

LESSON = Lesson(
    learned=Learned(("running",), (), ("lives in Leeds",)),
    said="I run in Leeds.",
    said_at=NOW,
    session_id="main",
    interaction_id="turn-1",
)
ORIGIN = {"sessionId": "main", "interactionId": "turn-1"}
RUNNING = {"fact": "interests", "value": "running"}


@pytest.fixture(autouse=True)
def profiles(monkeypatch: pytest.MonkeyPatch) -> FakeProfiles:
    """Ada, who has said something, and Bob, who has not allowed that we learn."""
    fake = FakeProfiles(FakeSupporters(consenting(PERSONALISATION), a_supporter("bob")))
    fake.contexts["ada"].append(next_version(SupporterContext(), LESSON, NOW))
    monkeypatch.setattr(wiring, "contexts", lambda: FakeContexts(fake))
    return fake


def memory(method: str = "GET", body: object = None, caller: str = "ada", **query: str) -> tuple[int, Any]:
    groups = "staff" if caller == "priya" else None
    event = rest_event(
        access_claims(caller, groups),
        query,
        headers={"Content-Type": "application/json"},
        resource="/agent/memory",
        method=method,
        body=None if body is None else json.dumps(body),
    )
    answer = handler(event, CONTEXT)
    return answer["statusCode"], json.loads(answer["body"])


def test_memory_says_what_was_learned_when_and_where() -> None:
    status, answer = memory(userId="ada")

    assert status == 200
    assert answer["version"] == 1
    assert answer["facts"] == [
        {"fact": "interests", "value": "running", "learnedAt": "2026-02-03T04:05:06.789Z", "from": ORIGIN},
        {"fact": "remembered", "value": "lives in Leeds", "learnedAt": "2026-02-03T04:05:06.789Z", "from": ORIGIN},
    ]
    assert answer["learning"]["allowed"] is True


def test_whoever_has_not_allowed_it_is_shown_how() -> None:
    status, answer = memory(caller="bob")

    assert (status, answer["version"], answer["facts"]) == (200, 0, [])
    assert (answer["learning"]["allowed"], answer["learning"]["purpose"]) == (False, "personalisation")
    assert "consent" in answer["learning"]["detail"]


def test_staff_read_anyones_and_others_nobodys() -> None:
    assert memory(caller="priya", userId="ada")[1]["version"] == 1
    assert memory(caller="bob", userId="ada")[0] == 404
    assert memory("PATCH", {"version": 1, "forget": [RUNNING]}, "bob", userId="ada")[0] == 404


def test_corrections_are_the_next_version(profiles: FakeProfiles) -> None:
    amended = {"fact": "remembered", "value": "lives in Leeds", "newValue": "lives in York"}

    status, answer = memory("PATCH", {"version": 1, "forget": [RUNNING], "amend": [amended]})

    assert (status, answer["version"]) == (200, 2)
    [fact] = answer["facts"]
    assert (fact["value"], fact["from"]) == ("lives in York", {"sessionId": None, "interactionId": None})
    assert profiles.latest_context("ada").interests == ()
    assert memory("PATCH", {"version": 1, "forget": [RUNNING]})[0] == 409


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({}, 422, "version"),
        ({"version": 1, "forget": [{"fact": "interests", "value": "chess"}]}, 422, "forget[0].value"),
        ({"version": 1, "forget": [{"fact": "shoes", "value": "running"}]}, 422, "forget[0].fact"),
        ({"version": 1, "amend": [RUNNING]}, 422, "amend[0].newValue"),
        ({"version": 1, "amend": [RUNNING | {"newValue": ""}]}, 422, "amend[0].newValue"),
        ({"version": 1, "amend": [RUNNING | {"newValue": "a\u202eb"}]}, 422, "amend[0].newValue"),
        ({"version": 1, "amend": [RUNNING | {"newValue": "x" * 201}]}, 422, "amend[0].newValue"),
        ({"version": 1, "forget": [RUNNING] * 61}, 422, "forget"),
    ],
)
def test_what_does_not_fit_is_refused_by_field(body: object, status: int, field: str, profiles: FakeProfiles) -> None:
    answered, problem = memory("PATCH", body)

    assert (answered, [error["field"] for error in problem["errors"]]) == (status, [field])
    assert profiles.latest_context("ada").version == 1
