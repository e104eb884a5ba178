"""A supporter talks with the agent, live."""

import json
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import requests
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from local.model.process import ModelControl
from tests.e2e.clients import Api, Platform, User, eventually, is_problem
from tests.e2e.live import ENDS, Events, Frame, Socket, assert_gapless, follow_url, text_of

pytestmark = pytest.mark.platform
STORY = " ".join(f"word-{number}" for number in range(200))


@pytest.fixture
def api(platform: Platform, supporter: User) -> Api:
    return Api(platform.outputs["apis"]["personalization"], platform.api_key, supporter.access_token)


@pytest.fixture
def others(platform: Platform) -> Api:
    """The API, called by another user."""
    token = platform.sign_up("Olu Other").access_token
    return Api(platform.outputs["apis"]["personalization"], platform.api_key, token)


@contextmanager
def model_that(platform: Platform, **behaves: object) -> Iterator[str]:
    """A word that makes the model behave like this in every request that contains it."""
    word, model = (
        f"word{secrets.token_hex(6)}",
        ModelControl(platform.outputs["model"], platform.root_user.secret_access_key),
    )
    model.behave(word, **behaves)
    try:
        yield word
    finally:
        model.forget(word)


def heard(live: Socket, frames: int) -> list[Frame]:
    """Receive this many frames."""
    return [live.receive() for _ in range(frames)]


def rows(platform: Platform, table: str, user_id: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = platform.aws("dynamodb").query(
        TableName=platform.stack[f"Personalization{table}Table"],
        KeyConditionExpression="userId = :user",
        ExpressionAttributeValues={":user": {"S": user_id}},
    )["Items"]
    return found


def test_an_answer_comes_as_it_is_made_and_is_kept_as_it_came(platform: Platform, api: Api, supporter: User) -> None:
    with model_that(platform, answers=[STORY], tokensPerSecond=400) as word, Socket(api) as live:
        run_id = live.ask(f"Tell me of {word}")
        frames = live.until(*ENDS)
    assert_gapless(frames)
    assert {frame["runId"] for frame in frames} == {run_id}
    assert frames[-1]["type"] == "done"
    assert frames[-1]["usage"]["outputTokens"] > 0
    assert text_of(frames) == STORY
    kept = api.get(f"/agent/runs/{run_id}").json()
    assert (kept["status"], kept["text"], kept["seq"]) == ("done", STORY, len(frames))
    (interaction,) = [row for row in rows(platform, "Interactions", supporter.user_id) if word in row["input"]["S"]]
    assert interaction["content"]["S"] == STORY


def test_a_run_is_accepted_within_a_second_while_the_model_takes_ten(platform: Platform, api: Api) -> None:
    with model_that(platform, answers=["Late."], firstTokenDelaySeconds=10) as word, Socket(api) as live:
        live.send("ping")
        assert live.receive() == {"type": "pong"}
        sent_at = time.monotonic()
        live.ask(word)
        assert time.monotonic() - sent_at < 1  # the promised limit, not a measurement
        assert text_of(live.until(*ENDS)) == "Late."


def test_without_a_socket_an_answer_is_requested_and_followed_over_http(
    platform: Platform, api: Api, supporter: User
) -> None:
    session_id = secrets.token_hex(8)
    body = {"userId": supporter.user_id, "sessionId": session_id}
    with model_that(platform, answers=["Late."], firstTokenDelaySeconds=10) as word:
        key = {"Idempotency-Key": word}
        api("POST", "/agent/runs", json=body | {"input": "Warm up."})
        sent_at = time.monotonic()
        accepted = api("POST", "/agent/runs", json=body | {"input": word}, headers=key)
        assert time.monotonic() - sent_at < 1  # the promised limit, not a measurement
        assert (accepted.status_code, accepted.json()["sessionId"]) == (202, session_id)
        run = f"/agent/runs/{accepted.json()['runId']}"
        assert api("POST", "/agent/runs", json=body | {"input": word}, headers=key).json() == accepted.json()
        assert text_of(Events(follow_url(api, run)).until_the_end()) == "Late."
    assert api.get(run).json()["status"] == "done"


@pytest.mark.parametrize("cut", [0, 1, 3])
def test_a_conversation_that_is_cut_goes_on_over_either_way(platform: Platform, api: Api, cut: int) -> None:
    with model_that(platform, answers=[STORY], tokensPerSecond=300) as word:
        with Socket(api) as live:
            run_id = live.ask(word)
            before = heard(live, cut)
        with Socket(api) as live:
            live.send("resume", runId=run_id, after=cut)
            middle = heard(live, 2)
        events = Events(follow_url(api, f"/agent/runs/{run_id}"))
        events.last_id = str(cut + len(middle))
        after = events.until_the_end()
    whole = [*before, *middle, *after]
    assert_gapless(whole)
    assert text_of(whole) == STORY == api.get(f"/agent/runs/{run_id}").json()["text"]


def test_a_second_tab_follows_the_same_run(platform: Platform, api: Api) -> None:
    with model_that(platform, answers=[STORY], tokensPerSecond=300) as word, Socket(api) as one, Socket(api) as two:
        run_id = one.ask(word)
        begun = heard(one, 2)
        two.send("resume", runId=run_id)
        assert two.until(*ENDS) == [*begun, *one.until(*ENDS)]


@pytest.mark.parametrize("how", ["socket", "http"])
def test_an_answer_that_is_stopped_keeps_what_was_shown(
    platform: Platform, api: Api, supporter: User, how: str
) -> None:
    with model_that(platform, answers=[STORY], tokensPerSecond=50) as word, Socket(api) as live:
        run_id = live.ask(word)
        begun = heard(live, 3)
        if how == "socket":
            live.send("stop", runId=run_id)
        else:
            assert api("POST", f"/agent/runs/{run_id}/stop").json()["status"] == "stopped"
        frames = [*begun, *live.until(*ENDS)]
    assert frames[-1]["type"] == "stopped"
    assert text_of(frames) == api.get(f"/agent/runs/{run_id}").json()["text"]
    assert STORY.startswith(text_of(frames))
    (interaction,) = [row for row in rows(platform, "Interactions", supporter.user_id) if word in row["input"]["S"]]
    assert interaction["content"]["S"] == text_of(frames)
    assert api("POST", f"/agent/runs/{run_id}/stop").json()["seq"] == len(frames)


def test_a_stop_is_seen_while_the_model_says_nothing(platform: Platform, api: Api) -> None:
    with model_that(platform, answers=["Late."], firstTokenDelaySeconds=15) as word, Socket(api) as live:
        run_id = live.ask(word)
        live.send("stop", runId=run_id)
        assert [frame["type"] for frame in live.until(*ENDS)] == ["stopped"]


def test_a_model_that_breaks_off_ends_the_answer_with_what_was_said(platform: Platform, api: Api) -> None:
    with model_that(platform, answers=[STORY], breakAfterTokens=40, breakWith="cut") as word, Socket(api) as live:
        live.ask(word)
        frames = live.until(*ENDS)
    assert frames[-1]["type"] == "error"
    assert frames[-1]["detail"]
    assert text_of(frames)
    assert STORY.startswith(text_of(frames))


def test_a_message_that_is_sent_again_is_one_turn(platform: Platform, api: Api, supporter: User) -> None:
    with model_that(platform, answers=["Once."] * 2) as word, Socket(api) as live:
        first = live.ask(word, messageId="m1")
        assert text_of(live.until(*ENDS)) == "Once."
        assert live.ask(word, messageId="m1") == first
        assert text_of(live.until(*ENDS)) == "Once."
    assert len([row for row in rows(platform, "Interactions", supporter.user_id) if word in row["input"]["S"]]) == 1


def test_a_run_that_is_delivered_twice_changes_nothing(platform: Platform, api: Api, supporter: User) -> None:
    with model_that(platform, answers=["Once."] * 2) as word, Socket(api) as live:
        run_id = live.ask(word)
        frames = live.until(*ENDS)
        versions = len(rows(platform, "Context", supporter.user_id))
        queue = platform.stack["PersonalizationRunQueueUrl"]
        platform.aws("sqs").send_message(QueueUrl=queue, MessageBody=run_id)
        eventually(lambda: _is_empty(platform, queue))
    assert len(rows(platform, "Context", supporter.user_id)) == versions
    assert api.get(f"/agent/runs/{run_id}").json()["seq"] == len(frames)


def _is_empty(platform: Platform, queue: str) -> bool:
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    counts = platform.aws("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=names)["Attributes"]
    return all(int(counts[name]) == 0 for name in names)


def test_a_long_message_comes_in_parts(platform: Platform, api: Api) -> None:
    """Cut as JavaScript cuts a text: by units of UTF-16, of which an emoji has two."""
    with model_that(platform, answers=["Read."]) as word, Socket(api) as live:
        text = json.dumps({"action": "message", "input": f"{word} " + "😀" * 7000}, ensure_ascii=False)
        units, size = text.encode("utf-16-le"), 2 * 1001
        pieces = [units[at : at + size].decode("utf-16-le", "surrogatepass") for at in range(0, len(units), size)]
        for index in reversed(range(len(pieces))):
            live.send("part", messageId="long", index=index, count=len(pieces), data=pieces[index])
        accepted = live.receive()
        assert accepted["type"] == "accepted"
        frames = live.until(*ENDS)
        assert text_of(frames) == "Read."
        for action in ("stop", "resume"):  # of a run that has ended: its last frame
            live.send(action, runId=accepted["runId"], **({} if action == "stop" else {"after": frames[-1]["seq"]}))
            assert live.receive() == frames[-1]


@pytest.mark.parametrize(
    ("message", "status"),
    [
        ("not json", 400),
        ('{"action": "dance"}', 422),
        ('{"action": "message", "input": ""}', 422),
        ('{"action": "message", "input": "\\ud800"}', 400),
        ('{"action": "resume", "runId": "no-such-run"}', 404),
    ],
)
def test_what_cannot_be_understood_gets_an_error_and_the_socket_stays(api: Api, message: str, status: int) -> None:
    with Socket(api) as live:
        live.send_text(message)
        answer = live.receive()
        assert (answer["type"], answer["status"]) == ("error", status)
        live.send("ping")
        assert live.receive() == {"type": "pong"}


def test_anothers_run_and_session_are_as_if_they_were_not_there(platform: Platform, api: Api, others: Api) -> None:
    with model_that(platform, answers=["Mine.", "Mine."]) as word, Socket(api) as live, Socket(others) as strange:
        run_id = live.ask(word, f"s-{word}")
        live.until(*ENDS)
        for action in ("resume", "stop"):
            strange.send(action, runId=run_id)
            assert strange.receive()["status"] == 404
        strange.send("message", input=word, sessionId=f"s-{word}")
        assert strange.receive()["status"] == 404
    is_problem(others.get(f"/agent/runs/{run_id}"), 404)
    is_problem(others("POST", f"/agent/runs/{run_id}/tickets"), 404)
    is_problem(others.get(f"/agent/runs/{run_id}/events"), 404)


def test_a_socket_opens_with_a_ticket_once(api: Api) -> None:
    with Socket(api) as live:
        url, secret = live.opened["url"], live.opened["ticket"]
    for refused in (f"{url}?ticket={secret}", f"{url}?ticket=made-up", url):
        with pytest.raises(InvalidStatus) as error, connect(refused):
            pass
        assert error.value.response.status_code in {401, 403}


def test_an_event_stream_opens_with_a_ticket_for_its_run_only(platform: Platform, api: Api) -> None:
    with model_that(platform, answers=["Hello."] * 2) as word, Socket(api) as live:
        run_id = live.ask(word)
        frames = live.until(*ENDS)
        other_run = live.ask(word)
        live.until(*ENDS)
    url = follow_url(api, f"/agent/runs/{run_id}")
    assert Events(url).until_the_end() == frames
    assert requests.get(f"{url}&after={frames[-1]['seq']}", timeout=40).status_code == 204
    for refused in (url.replace(run_id, other_run), url[:-2], url.partition("?")[0]):
        is_problem(requests.get(refused, timeout=40), 401)


def test_whoever_is_signed_out_everywhere_can_do_nothing_more(platform: Platform) -> None:
    user = platform.sign_up("Gone Girl")
    api = Api(platform.outputs["apis"]["personalization"], platform.api_key, user.access_token)
    eventually(lambda: api.get(f"/profile?userId={user.user_id}").status_code == 200)
    with Socket(api) as live:
        live.send("ping")
        live.receive()
        ended_at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 1))
        detail = {"id": secrets.token_hex(16), "version": 1, "occurredAt": ended_at, "userId": user.user_id, "data": {}}
        entry = {"Source": "almoner.identity", "DetailType": "UserAccessEnded", "Detail": json.dumps(detail)}
        platform.aws("events").put_events(Entries=[entry | {"EventBusName": platform.stack["EventBusName"]}])
        with pytest.raises(ConnectionClosed):
            live.receive()
    eventually(lambda: api("POST", "/connections").status_code == 401)
