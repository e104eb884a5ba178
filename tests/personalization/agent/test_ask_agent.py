import base64
import itertools
import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local.workspace import ROOT
from personalization.agent import wiring
from personalization.agent.adapters.author import ModelAuthor
from personalization.agent.domain.agent import Agent, Recollection
from personalization.agent.domain.context import SupporterContext
from personalization.agent.domain.conversation import Question
from personalization.agent.domain.facts import GIVING_HISTORY, PERSONALISATION
from personalization.agent.handlers.ask_agent import handler
from shared.errors import Unavailable
from shared.http.edge import edge_settings
from shared.idempotency.claims import Claim, FirstAnswer
from shared.ids import uuid7
from shared.models.model import ModelAnswer, ModelBusy, RetryingModel, Usage
from shared.resilience.circuit import CircuitBreaker
from tests.personalization.examples import NOW, a_context, a_supporter, an_interaction, consenting, session_after
from tests.personalization.fakes import FakeMemory, FakeProfiles, FakeSupporters
from tests.shared.clocks import FakeClock
from tests.shared.first_answers import FakeFirstAnswers
from tests.shared.gateway_events import ORIGIN, REQUEST_ID, access_claims, rest_event
from tests.shared.http_answers import headers_of
from tests.shared.lambda_context import CONTEXT
from tests.shared.models.fake_model import FakeModel

pytestmark = pytest.mark.usefixtures("edge")

SAMPLE = ROOT / "events" / "personalization" / "ask_agent.json"
SAMPLE_USER = "0197a1b2-0000-7000-8000-000000000001"
GOOD = {"userId": "ada", "sessionId": "main", "input": "Which causes do I like?"}
ANSWER = ModelAnswer(
    "You like clean water.", Usage(210, 45), {"remember": {"basis": ["interests"], "interests": ["running"]}}
)
JSON = {"Content-Type": "application/json"}


class World:
    """Ada, Bob and the sample event's user, and a model that says what a test wants."""

    def __init__(self) -> None:
        supporters = [consenting(PERSONALISATION, GIVING_HISTORY, user_id=user_id) for user_id in ("ada", SAMPLE_USER)]
        self.profiles = FakeProfiles(FakeSupporters(*supporters, a_supporter("bob")))
        self.memory = FakeMemory(self.profiles)
        self._numbers = itertools.count(1)
        self.answers(ANSWER)

    def answers(self, *outcomes: ModelAnswer | Exception) -> None:
        clock = FakeClock()
        self.model = FakeModel(clock, *outcomes)
        patient = RetryingModel(self.model, CircuitBreaker(3, 10, clock), clock.sleep)
        self._author = ModelAuthor(patient)

    def agent(self) -> Agent:
        return Agent(self.memory, self._author, lambda: NOW, lambda now: uuid7(now, next(self._numbers)), UTC)


class AnswersOfNow:
    """First answers for a handler, whose clock is not the world's."""

    def __init__(self, first_answers: FakeFirstAnswers) -> None:
        self._first_answers = first_answers

    def find(self, record_id: str, _: datetime) -> FirstAnswer | None:
        return self._first_answers.find(record_id, NOW)


@pytest.fixture(autouse=True)
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    made = World()
    monkeypatch.setattr(wiring, "agent", made.agent)
    monkeypatch.setattr(wiring, "first_answers", lambda: AnswersOfNow(made.memory.first_answers))
    return made


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    json: Any

    @property
    def fields(self) -> list[str]:
        return [error["field"] for error in self.json["errors"]]


def sent(event: dict[str, Any]) -> Answer:
    answer = handler(event, CONTEXT)
    return Answer(answer["statusCode"], headers_of(answer), json.loads(answer["body"]))


def post(
    body: str | None, caller: str | None = "ada", groups: object = None, headers: dict[str, str] | None = None
) -> Answer:
    claims = None if caller is None else access_claims(caller, groups)
    return sent(rest_event(claims, headers=headers or JSON, resource="/agent", method="POST", body=body))


def ask(caller: str | None = "ada", groups: object = None, *, key: str | None = None, **changes: Any) -> Answer:
    headers = JSON | ({"Idempotency-Key": key} if key else {})
    return post(json.dumps(GOOD | changes), caller, groups, headers)


def nothing_is_written(world: World) -> bool:
    return not world.memory.interactions and not world.memory.sessions and not any(world.profiles.contexts.values())


# --- Answers


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
    }


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
    assert answer.json.keys() == {"content", "sessionId", "interactionId", "contextVersion", "usage", "basis"}
    assert answer.json["sessionId"] == json.loads(sample["body"])["sessionId"]
    assert answer.json["usage"].keys() == {"inputTokens", "outputTokens"}
    assert [item.keys() for item in answer.json["basis"]] == [{"fact", "value"}]


def test_next_turn_knows_the_last_one(world: World) -> None:
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
def test_question_reaches_the_model_as_it_was_written(world: World, text: str) -> None:
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


def test_nobody_asks_without_signing_in(world: World) -> None:
    answer = ask(caller=None)

    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert world.model.requests == []


@pytest.mark.parametrize("body", [None, "{", "[]", "{}", '{"input": ""}', " " * 70_000])
def test_whoever_is_not_signed_in_hears_that_first(body: str | None) -> None:
    assert post(body, caller=None).status == 401


@pytest.mark.parametrize("caller", ["bob", "newcomer"])
def test_nobody_asks_for_somebody_else(world: World, caller: str) -> None:
    answer = ask(caller)

    assert answer.status == 404
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json["detail"] == "There is no such supporter."
    assert world.model.requests == []
    assert nothing_is_written(world)


@pytest.mark.parametrize("groups", [["staff"], "[admin editors]"])
def test_staff_ask_for_anyone(groups: object) -> None:
    assert ask("staff-1", groups, userId="bob").status == 200


def test_what_staff_say_is_not_noted_as_the_supporters(world: World) -> None:
    assert ask("staff-1", "[staff]", input="I love running").status == 200

    [interaction] = world.memory.interactions
    assert (interaction.user_id, interaction.requested_by) == ("ada", "staff-1")
    assert world.memory.latest_context("ada").interests == ()


# --- Requests that come twice


def test_repeated_question_gets_the_first_answer(world: World) -> None:
    world.answers(ANSWER, replace(ANSWER, text="Something else."))

    first, again = ask(key="k1"), ask(key="k1")

    assert (again.status, again.json) == (first.status, first.json)
    assert len(world.memory.interactions) == 1
    assert len(world.model.requests) == 1
    assert ask(key="k2").json["content"] == "Something else."


def test_key_of_another_question_is_refused(world: World) -> None:
    ask(key="k1")

    answer = ask(key="k1", input="And now?")

    assert answer.status == 422
    assert answer.fields == ["Idempotency-Key"]
    assert len(world.model.requests) == 1


def test_keys_of_others_are_their_own() -> None:
    assert ask(key="k1").status == ask("bob", key="k1", userId="bob", sessionId="bobs").status == 200


@pytest.mark.parametrize("key", ["", "ü", "x" * 256])
def test_key_that_is_none_is_malformed(world: World, key: str) -> None:
    headers = JSON | {"Idempotency-Key": key}

    assert post(json.dumps(GOOD), headers=headers).fields == ["Idempotency-Key"]
    assert world.model.requests == []


def test_session_of_another_is_not_found(world: World) -> None:
    turn = an_interaction(1, "bob")
    world.memory.record(turn, a_context(1), session_after(turn), NOW)

    answer = ask()

    assert answer.status == 404
    assert answer.json["detail"] == "There is no such session."
    assert "bob" not in json.dumps(answer.json)
    assert world.model.requests == []


# --- Bodies


def with_input(literal: str) -> str:
    """A good body whose input is this piece of JSON."""
    return f'{{"userId": "ada", "sessionId": "main", "input": {literal}}}'


@pytest.mark.parametrize(
    "body",
    [
        None,
        "",
        "{",
        "input=x",
        "{} {}",
        "\ufeff{}",
        "\ud800",
        with_input("NaN"),
        with_input("-Infinity"),
        with_input("9" * 5000),
        with_input(r'"\ud800"'),
        with_input('"x", "input": "y"'),
        with_input(r'"x", "\u0069nput": "y"'),
        with_input('"\x00"'),
        with_input("[" * 31 + "]" * 31 + ', "x": ' + "[" * 32 + "]" * 32),
        "[" * 30_000 + "]" * 30_000,
        '{"a":' * 13_000,
    ],
    ids=lambda body: repr(body)[:60],
)
def test_body_that_cannot_be_read_is_malformed(world: World, body: str | None) -> None:
    answer = post(body)

    assert answer.status == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json["instance"] == f"urn:request:{REQUEST_ID}"
    assert world.model.requests == []
    assert nothing_is_written(world)


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"input": ""}, ["input"]),
        ({"input": " \n\t\u3000"}, ["input"]),
        ({"input": "x" * 8001}, ["input"]),
        ({"input": "a\0b"}, ["input"]),
        ({"input": "a\x1b[2Jb"}, ["input"]),
        ({"input": "a\x7fb"}, ["input"]),
        ({"input": "a\x85b"}, ["input"]),
        ({"input": None}, ["input"]),
        ({"input": 7}, ["input"]),
        ({"input": True}, ["input"]),
        ({"input": ["x"]}, ["input"]),
        ({"input": {"text": "x"}}, ["input"]),
        ({"sessionId": ""}, ["sessionId"]),
        ({"sessionId": "a b"}, ["sessionId"]),
        ({"sessionId": "a\n"}, ["sessionId"]),
        ({"sessionId": "é"}, ["sessionId"]),
        ({"sessionId": "٣"}, ["sessionId"]),
        ({"sessionId": "a/../b"}, ["sessionId"]),
        ({"sessionId": "0" * 65}, ["sessionId"]),
        ({"sessionId": 1}, ["sessionId"]),
        ({"sessionId": None}, ["sessionId"]),
        ({"userId": ""}, ["userId"]),
        ({"userId": "u" * 129}, ["userId"]),
        ({"userId": None}, ["userId"]),
        ({"userId": ["ada"]}, ["userId"]),
        ({"admin": True}, ["admin"]),
        ({"user_id": "ada"}, ["user_id"]),
        ({"userId": 1, "sessionId": "", "input": ""}, ["userId", "input", "sessionId"]),
    ],
    ids=str,
)
def test_every_field_that_is_wrong_is_named(world: World, changes: dict[str, Any], fields: list[str]) -> None:
    answer = ask(**changes)

    assert answer.status == 422
    assert answer.fields == fields
    assert all(error["message"] for error in answer.json["errors"])
    assert world.model.requests == []
    assert nothing_is_written(world)


@pytest.mark.parametrize("missing", list(GOOD))
def test_every_field_that_is_missing_is_named(missing: str) -> None:
    answer = post(json.dumps({name: value for name, value in GOOD.items() if name != missing}))

    assert answer.status == 422
    assert answer.fields == [missing]


@pytest.mark.parametrize("body", ["[]", "null", '"text"', "7", "true", "[{}]"])
def test_body_must_be_an_object(body: str) -> None:
    answer = post(body)

    assert answer.status == 422
    assert answer.fields == ["body"]


@pytest.mark.parametrize("space", [" ", "\n"])
def test_body_of_more_than_100_kilobytes_is_too_large(world: World, space: str) -> None:
    body = json.dumps(GOOD)

    assert post(body + space * (100 * 1024 - len(body))).status == 200
    assert post(body + space * (100 * 1024 - len(body) + 1)).status == 413
    assert len(world.model.requests) == 1


@pytest.mark.parametrize("content_type", ["text/plain", "application/xml", "", "multipart/form-data; boundary=x"])
def test_other_types_are_not_read(content_type: str) -> None:
    assert post(json.dumps(GOOD), headers={"Content-Type": content_type}).status == 415
    assert post(json.dumps(GOOD), headers={"Accept": "application/json"}).status == 415


def test_refusal_never_repeats_what_was_written() -> None:
    for changes in ({"input": "secret\0"}, {"sessionId": "secret secret"}, {"userId": ["secret"]}):
        assert "secret" not in json.dumps(ask(**changes).json)


# --- Failures


@pytest.mark.parametrize("busy", [1, 2])
def test_short_throttling_is_sat_out(world: World, busy: int) -> None:
    world.answers(*[ModelBusy()] * busy, ANSWER)

    assert ask().status == 200
    assert len(world.model.requests) == busy + 1


def test_model_that_stays_busy_is_a_503_and_nothing_is_written(world: World) -> None:
    world.answers(ModelBusy())

    answer = ask()

    assert answer.status == 503
    assert int(answer.headers["Retry-After"]) >= 1
    assert nothing_is_written(world)


def test_open_breaker_refuses_at_once(world: World) -> None:
    world.answers(ModelBusy())
    ask()
    before = len(world.model.requests)

    answer = ask()

    assert answer.status == 503
    assert int(answer.headers["Retry-After"]) >= 1
    assert len(world.model.requests) == before


def test_answer_without_words_is_a_503(world: World) -> None:
    world.answers(ModelAnswer("", Usage(1, 1)))

    assert ask().status == 503
    assert nothing_is_written(world)


def test_notes_that_do_not_fit_cost_the_answer_nothing(world: World) -> None:
    world.answers(ModelAnswer("Hello!", Usage(1, 1), {"remember": ["no", "object"]}))

    answer = ask()

    assert (answer.status, answer.json["content"], answer.json["basis"]) == (200, "Hello!", [])


def test_busy_store_asks_the_caller_to_come_back(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    class BusyMemory(FakeMemory):
        def latest_context(self, user_id: str) -> SupporterContext:
            raise Unavailable(f"The data store is busy. {len(user_id)}", retry_after_seconds=2)

        def recall(self, question: Question, now: datetime, claim: Claim | None = None) -> Recollection | None:
            self.latest_context(question.user_id)
            return super().recall(question, now, claim)

    monkeypatch.setattr(world, "memory", BusyMemory(world.profiles))

    answer = ask()

    assert answer.status == 503
    assert answer.headers["Retry-After"] == "2"
    assert world.model.requests == []


def test_mistake_of_ours_is_an_internal_error_that_tells_nothing(world: World) -> None:
    world.answers(RuntimeError("ValidationException: hunter2"))

    answer = ask()

    assert answer.status == 500
    assert "hunter2" not in json.dumps(answer.json)
    assert nothing_is_written(world)


def test_turn_that_comes_after_the_session_has_expired_begins_a_new_one(world: World) -> None:
    turn = an_interaction(1, "bob")
    session = session_after(turn)
    world.memory.record(turn, a_context(1), session, NOW)
    world.memory.sessions["main"] = replace(session, expires_at=NOW - timedelta(seconds=1))

    assert ask().status == 200
    assert world.memory.sessions["main"].user_id == "ada"


def test_answer_with_half_a_surrogate_pair_is_no_500_and_writes_nothing(world: Any) -> None:
    world.answers(ModelAnswer("Hello \ud83d", Usage(1, 1)))
    assert ask().status == 503
    assert world.memory.interactions == []
