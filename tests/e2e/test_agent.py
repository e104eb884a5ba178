"""Conversations with the personal agent, on the deployed platform."""

import json
import secrets
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
import requests

from tests.e2e.clients import Api, Platform, User, eventually, is_problem
from tests.e2e.model_stand_in import ModelStandIn

pytestmark = pytest.mark.platform

type Calls = Callable[..., Api]
type Json = dict[str, Any]


@pytest.fixture
def model(platform: Platform) -> ModelStandIn:
    return ModelStandIn(platform)


@pytest.fixture
def fresh_agent(platform: Platform) -> Iterator[None]:
    """Execution environments with a fresh circuit breaker: those of a version published for this test."""
    functions = platform.aws("lambda")
    name = next(each["FunctionName"] for each in platform.functions if "AskAgent" in each["FunctionName"])
    alias = {"FunctionName": name, "Name": "live"}
    before = functions.get_alias(**alias)["FunctionVersion"]
    functions.update_function_configuration(
        FunctionName=name, Description=str(uuid4())
    )  # otherwise there is nothing to publish
    version = functions.publish_version(FunctionName=name)["Version"]
    functions.update_alias(**alias, FunctionVersion=version)
    yield
    functions.update_alias(**alias, FunctionVersion=before)
    functions.delete_function(FunctionName=name, Qualifier=version)


@pytest.fixture
def consenting(supporter: User, platform: Platform) -> User:
    """A supporter who consents to personalisation, but not to the use of their giving history."""
    consent = {"purpose": "personalisation", "granted": True, "recordedAt": "2026-01-01T00:00:00.000Z"}
    record = {name: {"BOOL": v} if isinstance(v, bool) else {"S": v} for name, v in consent.items()}
    platform.aws("dynamodb").update_item(
        TableName=platform.stack["PersonalizationUsersTable"],
        Key={"userId": {"S": supporter.user_id}},
        UpdateExpression="SET consent = :c, interests = :i",
        ExpressionAttributeValues={":c": {"L": [{"M": record}]}, ":i": {"L": [{"S": "children's cancers"}]}},
    )
    return supporter


def ask(api: Api, user: User, text: str, session: str = "main", **more: object) -> requests.Response:
    return api("POST", "/agent", json={"userId": user.user_id, "sessionId": session, "input": text} | more)


def rows(platform: Platform, table: str, user: User) -> list[Json]:
    return list(
        platform.aws("dynamodb").query(
            TableName=platform.stack[f"Personalization{table}Table"],
            KeyConditionExpression="userId = :u",
            ExpressionAttributeValues={":u": {"S": user.user_id}},
        )["Items"]
    )


def session_of(user: User) -> str:
    """A session id that nobody else uses; clients choose them."""
    return f"s-{user.user_id[:8]}-{secrets.token_hex(4)}"


def test_the_agent_knows_what_it_was_taught(consenting: User, personalization: Calls) -> None:
    api = personalization(consenting)
    first = ask(api, consenting, "Hello! I am interested in running.", session_of(consenting))
    assert first.status_code == 200, first.text
    assert first.json().keys() == {
        "content",
        "sessionId",
        "interactionId",
        "contextVersion",
        "usage",
        "basis",
        "sources",
    }
    assert first.json()["contextVersion"] == 1
    second = ask(api, consenting, "Which of my interests do you remember?", session_of(consenting)).json()
    assert second["contextVersion"] == 2
    assert "running" in second["content"]
    assert any(item["fact"] == "interests" and "running" in item["value"] for item in second["basis"])
    context = api.get(f"/profile?userId={consenting.user_id}").json()["context"]
    assert context["version"] == 2
    assert any("running" in interest for interest in context["interests"])


def test_facts_without_consent_never_reach_the_model(
    consenting: User, platform: Platform, personalization: Calls, model: ModelStandIn
) -> None:
    marker = f"What did I give? {secrets.token_hex(8)}"
    assert ask(personalization(consenting), consenting, marker, session_of(consenting)).status_code == 200
    (received,) = model.received(marker)
    prompt = json.dumps(received, ensure_ascii=False)
    assert "children's cancers" in prompt
    assert "donations." not in prompt
    assert consenting.email not in prompt
    assert consenting.user_id not in prompt
    giver = platform.sample_user(None)
    marker = f"What did I give? {secrets.token_hex(8)}"
    assert ask(personalization(giver), giver, marker, session_of(giver)).status_code == 200
    assert "donations.total" in json.dumps(model.received(marker))


def test_without_consent_a_turn_is_kept_and_nothing_is_learned(
    supporter: User, platform: Platform, personalization: Calls
) -> None:
    answer = ask(personalization(supporter), supporter, "I am interested in sailing.", session_of(supporter)).json()
    assert answer["contextVersion"] == 1
    (context,) = rows(platform, "Context", supporter)
    assert context["interests"] == {"L": []}
    assert len(rows(platform, "Interactions", supporter)) == 1


def test_turns_at_the_same_time_lose_nothing(consenting: User, platform: Platform, personalization: Calls) -> None:
    api = personalization(consenting)
    hobbies = ["archery", "bowling", "curling", "darts"]
    with ThreadPoolExecutor(len(hobbies)) as pool:
        answers = list(
            pool.map(lambda h: ask(api, consenting, f"I am interested in {h}.", session_of(consenting)), hobbies)
        )
    assert [answer.status_code for answer in answers] == [200] * 4
    assert sorted(answer.json()["contextVersion"] for answer in answers) == [1, 2, 3, 4]
    newest = max(rows(platform, "Context", consenting), key=lambda row: int(row["version"]["N"]))
    learned = json.dumps(newest["interests"])
    assert all(hobby in learned for hobby in hobbies)


def test_a_session_is_its_first_users_alone(
    consenting: User, platform: Platform, personalization: Calls, model: ModelStandIn
) -> None:
    session = session_of(consenting)
    assert ask(personalization(consenting), consenting, "Hello", session).status_code == 200
    other, marker = platform.sign_up("Somebody Else"), secrets.token_hex(8)
    eventually(lambda: personalization(other).get(f"/profile?userId={other.user_id}").status_code == 200)
    is_problem(ask(personalization(other), other, f"Hello {marker}", session), 404)
    assert model.received(marker) == []
    assert rows(platform, "Interactions", other) == []


def test_a_session_is_remembered_however_much_is_said_in_others(
    supporter: User, personalization: Calls, model: ModelStandIn
) -> None:
    api, first, other = personalization(supporter), session_of(supporter), session_of(supporter)
    assert ask(api, supporter, "My favourite charity shop is in Hebden Bridge.", first).status_code == 200
    for number in range(12):
        assert ask(api, supporter, f"Good day, number {number}", other).status_code == 200
    marker = secrets.token_hex(8)
    assert ask(api, supporter, f"And now? {marker}", first).status_code == 200
    (received,) = model.received(marker)
    said = json.dumps(received["body"]["messages"])
    assert "Hebden Bridge" in said
    assert "Good day" not in said


def test_staff_who_ask_for_a_supporter_teach_nothing_and_are_named(
    consenting: User, platform: Platform, personalization: Calls
) -> None:
    priya = platform.sample_user("staff")
    session = session_of(consenting)
    assert ask(personalization(priya), consenting, "I am interested in gambling.", session).status_code == 200
    (interaction,) = rows(platform, "Interactions", consenting)
    assert interaction["requestedBy"] == {"S": priya.user_id}
    (context,) = rows(platform, "Context", consenting)
    assert context["interests"] == {"L": []}
    is_problem(ask(personalization(consenting), consenting, "Hello", session), 404)


def test_a_question_that_is_sent_twice_is_answered_once(
    supporter: User, platform: Platform, personalization: Calls, model: ModelStandIn
) -> None:
    api, marker, key = personalization(supporter), secrets.token_hex(8), {"Idempotency-Key": secrets.token_hex(8)}
    question = {"userId": supporter.user_id, "sessionId": session_of(supporter), "input": f"Hello {marker}"}
    first, again = (api("POST", "/agent", json=question, headers=key) for _ in range(2))
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert len(rows(platform, "Interactions", supporter)) == len(model.received(marker)) == 1
    is_problem(api("POST", "/agent", json=question | {"input": "Goodbye"}, headers=key), 422)


def test_nobody_asks_for_somebody_else(supporter: User, platform: Platform, personalization: Calls) -> None:
    is_problem(ask(personalization(supporter), platform.sample_user(None), "Hello", session_of(supporter)), 404)


@pytest.mark.parametrize(
    "behaviour",
    [
        pytest.param({"throttle": True}, id="throttled"),
        pytest.param({"unavailable": True}, id="unavailable"),
        pytest.param({"breakAfterTokens": 3}, id="broken off"),
        pytest.param({"firstTokenDelaySeconds": 60}, id="slow"),
    ],
)
@pytest.mark.alone
@pytest.mark.usefixtures("fresh_agent")
def test_a_failing_model_is_a_503_and_nothing_half_written(
    behaviour: Json, supporter: User, platform: Platform, personalization: Calls, model: ModelStandIn
) -> None:
    marker = secrets.token_hex(8)
    with model.behaving(marker, **behaviour):
        answer = ask(personalization(supporter), supporter, f"Hello {marker}", session_of(supporter))
    is_problem(answer, 503)
    assert int(answer.headers["Retry-After"]) >= 1
    assert rows(platform, "Interactions", supporter) == []
    assert rows(platform, "Context", supporter) == []


@pytest.mark.alone
@pytest.mark.usefixtures("fresh_agent")
def test_a_short_throttling_is_sat_out(supporter: User, personalization: Calls, model: ModelStandIn) -> None:
    marker = secrets.token_hex(8)
    with model.behaving(marker, throttle=2):
        answer = ask(personalization(supporter), supporter, f"Hello {marker}", session_of(supporter))
    assert answer.status_code == 200, answer.text
    assert len(model.received(marker)) == 3


def test_what_the_model_notes_is_not_believed_unchecked(
    consenting: User, platform: Platform, personalization: Calls, model: ModelStandIn
) -> None:
    marker = secrets.token_hex(8)
    with model.behaving(marker, malformedToolInput=1):
        answer = ask(personalization(consenting), consenting, f"I love chess {marker}", session_of(consenting))
    assert answer.status_code == 200
    assert answer.json()["basis"] == []
    (context,) = rows(platform, "Context", consenting)
    assert context["interests"] == {"L": []}


DEEP = "[" * 100_000 + "]" * 100_000
GOOD = '"userId": "u", "sessionId": "s"'


@pytest.mark.parametrize(
    ("body", "statuses"),
    [
        pytest.param("", {400}, id="no body"),
        pytest.param("{", {400}, id="not JSON"),
        pytest.param("[]", {400}, id="not an object"),
        pytest.param(f'{{{GOOD}, "input": NaN}}', {400}, id="NaN"),
        pytest.param(f'{{{GOOD}, "input": "x", "input": "y"}}', {400}, id="a name twice"),
        pytest.param(f'{{{GOOD}, "input": "\\ud800"}}', {400}, id="a lone surrogate"),
        pytest.param(DEEP, {400}, id="deep"),
        pytest.param(f'{{{GOOD}, "input": ""}}', {422}, id="empty"),
        pytest.param(f'{{{GOOD}, "input": "   "}}', {422}, id="blank"),
        pytest.param(json.dumps({"userId": "u", "sessionId": "s", "input": "x" * 8001}), {422}, id="too long"),
        pytest.param(f'{{{GOOD}, "input": "a\\u0000b"}}', {422}, id="a control character"),
        pytest.param(f'{{{GOOD}, "input": 7}}', {400}, id="a number"),
        pytest.param(f'{{{GOOD}, "input": "x", "admin": true}}', {422}, id="an extra field"),
        pytest.param('{"userId": "u", "sessionId": "a b", "input": "x"}', {422}, id="a bad session id"),
        pytest.param(b'{"userId": "u", "sessionId": "s", "input": "\xff"}', {400}, id="not UTF-8"),
        pytest.param(json.dumps({"userId": "u", "sessionId": "s", "input": "x"}) + " " * 110_000, {413}, id="110 KB"),
    ],
)
def test_bad_bodies_are_refused_with_what_to_correct(
    body: str | bytes, statuses: set[int], supporter: User, personalization: Calls
) -> None:
    data = body if isinstance(body, bytes) else body.encode()
    answer = personalization(supporter)("POST", "/agent", data=data, headers={"Content-Type": "application/json"})
    assert answer.status_code in statuses, answer.text
    is_problem(answer, answer.status_code)


def test_body_over_the_limit_of_the_gateway_gets_its_own_response(supporter: User, personalization: Calls) -> None:
    headers = {"Content-Type": "application/json"}
    answer = personalization(supporter)("POST", "/agent", data=b" " * (11 * 2**20), headers=headers)
    assert (answer.status_code, answer.json()) == (413, {"message": "Request Too Long"})


def test_a_body_of_another_kind_is_refused(supporter: User, personalization: Calls) -> None:
    """By the gateway, or by the function if the gateway lets it through."""
    answer = personalization(supporter)("POST", "/agent", data="hello", headers={"Content-Type": "text/plain"})
    assert answer.status_code in {400, 415}, answer.text
    is_problem(answer, answer.status_code)
