"""Supporters look at what they said to the agent, and at what it has learned; they correct and delete it."""

import secrets
from typing import Any

import pytest

from tests.e2e.clients import Api, Platform, User, eventually, is_problem
from tests.e2e.live import ENDS, Socket
from tests.e2e.model_stand_in import ModelStandIn

pytestmark = pytest.mark.platform

type Json = dict[str, Any]


@pytest.fixture
def api(platform: Platform, supporter: User) -> Api:
    return Api(platform.outputs["apis"]["personalization"], platform.api_key, supporter.access_token)


def allow_learning(api: Api, user: User) -> None:
    version = api.get(f"/profile?userId={user.user_id}").json()["version"]
    wanted = {"version": version, "consent": [{"purpose": "personalisation", "granted": True}]}
    assert api("PATCH", "/profile", json=wanted).status_code == 200


def ask(api: Api, user: User, text: str, session: str) -> Json:
    answer = api("POST", "/agent", json={"userId": user.user_id, "sessionId": session, "input": text})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def titles(api: Api) -> list[str]:
    return [each["title"] for each in api.get("/agent/sessions").json()["items"]]


def new_session() -> str:
    return f"s-{secrets.token_hex(6)}"


def test_conversations_over_http_and_sockets_are_listed_read_and_deleted(
    platform: Platform, api: Api, supporter: User
) -> None:
    over_http, over_socket = new_session(), new_session()
    ask(api, supporter, "Good morning, agent.", over_http)
    ask(api, supporter, "And a good day.", over_http)
    with Socket(api) as live:
        run_id = live.ask("What can I do on Sundays?", over_socket)
        assert live.frames(run_id)[-1]["type"] == "done"

    listed = api.get(f"/agent/sessions?userId={supporter.user_id}").json()
    assert [(each["sessionId"], each["title"], each["turns"]) for each in listed["items"]] == [
        (over_socket, "What can I do on Sundays?", 1),
        (over_http, "Good morning, agent.", 2),
    ]
    turns = api.get(f"/agent/sessions/{over_http}/turns").json()["items"]
    assert [turn["input"] for turn in turns] == ["And a good day.", "Good morning, agent."]
    assert turns[1]["content"]
    [streamed] = api.get(f"/agent/sessions/{over_socket}/turns").json()["items"]
    assert (streamed["interactionId"], streamed["status"]) == (run_id, "done")

    other = platform.sign_up("Somebody Else")
    others = Api(platform.outputs["apis"]["personalization"], platform.api_key, other.access_token)
    eventually(lambda: others.get(f"/profile?userId={other.user_id}").status_code == 200)
    is_problem(others.get(f"/agent/sessions/{over_http}/turns"), 404)
    is_problem(others("DELETE", f"/agent/sessions/{over_http}"), 404)
    is_problem(others.get(f"/agent/sessions?userId={supporter.user_id}"), 404)

    for _ in range(2):
        assert api("DELETE", f"/agent/sessions/{over_socket}").status_code == 204
    is_problem(api.get(f"/agent/sessions/{over_socket}/turns"), 404)
    is_problem(api.get(f"/agent/runs/{run_id}"), 404)
    assert titles(api) == ["Good morning, agent."]
    for _ in range(2):
        assert api("DELETE", f"/agent/sessions?userId={supporter.user_id}").status_code == 204
    assert titles(api) == []
    ask(api, supporter, "Are you still there?", over_http)
    assert titles(api) == ["Are you still there?"]


def test_answer_that_is_being_made_is_not_kept_where_its_conversation_is_deleted(
    platform: Platform, api: Api, supporter: User
) -> None:
    model, session, word = ModelStandIn(platform), new_session(), f"word{secrets.token_hex(6)}"
    ask(api, supporter, "Good morning.", session)
    with Socket(api) as live, model.behaving(word, firstTokenDelaySeconds=5):
        live.ask(word, session)
        assert api("DELETE", f"/agent/sessions/{session}").status_code == 204
        end = live.until(*ENDS)[-1]

    assert (end["type"], end["detail"]) == ("error", "You have deleted this conversation.")
    assert titles(api) == []
    is_problem(api.get(f"/agent/sessions/{session}/turns"), 404)


def test_what_was_learned_is_shown_corrected_and_stays_so(api: Api, supporter: User) -> None:
    allow_learning(api, supporter)
    session = new_session()
    turn = ask(api, supporter, "I am interested in running. I live in Leeds.", session)

    memory = api.get(f"/agent/memory?userId={supporter.user_id}").json()
    assert (memory["version"], memory["learning"]["allowed"]) == (turn["contextVersion"], True)
    learned = {(fact["fact"], fact["value"]): fact for fact in memory["facts"]}
    running = learned["interests", "running"]
    assert running["from"] == {"sessionId": session, "interactionId": turn["interactionId"]}
    assert running["learnedAt"]

    forget = {"version": memory["version"], "forget": [{"fact": "interests", "value": "running"}]}
    corrected = api("PATCH", f"/agent/memory?userId={supporter.user_id}", json=forget)
    assert corrected.status_code == 200, corrected.text
    assert "running" not in [fact["value"] for fact in corrected.json()["facts"]]
    is_problem(api("PATCH", "/agent/memory", json=forget), 409)
    is_problem(api("PATCH", "/agent/memory", json=forget | {"version": corrected.json()["version"]}), 422)

    ask(api, supporter, "Which of my interests do you remember?", session)
    assert "running" not in [fact["value"] for fact in api.get("/agent/memory").json()["facts"]]
    ask(api, supporter, "I am interested in running after all.", session)
    assert any("running" in fact["value"] for fact in api.get("/agent/memory").json()["facts"])

    assert api("DELETE", f"/agent/sessions/{session}").status_code == 204
    assert api.get("/agent/memory").json()["facts"] == []


def test_whoever_has_not_allowed_learning_learns_how_to_allow_it(api: Api, supporter: User) -> None:
    session = new_session()
    ask(api, supporter, "I am interested in running.", session)
    answer = ask(api, supporter, "What do you remember about me?", session)
    assert "give your consent" in answer["content"]

    memory = api.get("/agent/memory").json()

    assert (memory["facts"], memory["learning"]["allowed"]) == ([], False)
    assert "personalisation" in str(memory["learning"])


def test_answers_cite_the_charitys_pages_over_http_and_sockets(platform: Platform, api: Api, supporter: User) -> None:
    allow_learning(api, supporter)
    session = new_session()
    pages = {
        each["contentId"]: each
        for each in Api(
            platform.outputs["apis"]["personalization"], platform.api_key, platform.sample_user("staff").access_token
        )
        .get("/content?limit=100")
        .json()["items"]
    }

    helped = ask(api, supporter, "How can I help?", session)
    assert helped["sources"]
    for number, source in enumerate(helped["sources"], 1):
        assert f"[{number}]" in helped["content"]
        assert (source["title"], source["url"]) == (
            pages[source["contentId"]]["title"],
            pages[source["contentId"]]["url"],
        )
    assert f"[{len(helped['sources']) + 1}]" not in helped["content"]

    ask(api, supporter, "I live in Leeds.", session)
    with Socket(api) as live:
        end = live.frames(live.ask("Which walks are near me?", session))[-1]
    assert "event-winter-walk-leeds" in [each["contentId"] for each in end["sources"]]
    turns = api.get(f"/agent/sessions/{session}/turns").json()["items"]
    assert turns[0]["sources"] == end["sources"]
    assert turns[2]["sources"] == helped["sources"]
