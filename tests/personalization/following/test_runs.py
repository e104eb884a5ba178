import json

import pytest

from personalization.following.handlers.runs import handler
from tests.personalization.calls import Answer
from tests.personalization.runs.fakes import Live
from tests.shared.gateway_events import access_claims, rest_event
from tests.shared.lambda_context import CONTEXT
from tests.shared.runs.fake_runs import NOW

pytestmark = pytest.mark.usefixtures("edge")


def call(method: str, under: str = "", *, caller: str = "ada", groups: object = None, run_id: str = "run-1") -> Answer:
    event = rest_event(access_claims(caller, groups), resource="/agent/runs/{runId}" + under, method=method)
    answer = handler(event | {"pathParameters": {"runId": run_id}}, CONTEXT)
    return Answer(answer["statusCode"], json.loads(answer["body"]))


def test_a_run_tells_what_it_has_said_by_now(stage: Live) -> None:
    stage.keep()
    stage.say("Hello ", "Ada")
    answer = call("GET")
    assert answer.status == 200
    shown = {name: answer.json[name] for name in ("runId", "sessionId", "status", "text", "seq", "usage")}
    expected = {"runId": "run-1", "sessionId": "s1", "status": "queued", "text": "Hello Ada", "seq": 2, "usage": None}
    assert shown == expected


def test_an_end_that_comes_between_the_reads_is_shown_whole(stage: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.keep()
    stage.say("Hello")
    before = stage.log.runs["run-1"]
    call("POST", "/stop")
    monkeypatch.setattr(stage.log, "find", lambda *_: before)
    answer = call("GET").json
    assert (answer["status"], answer["text"], answer["seq"]) == ("stopped", "Hello", 2)


def test_a_name_that_is_longer_than_a_key_may_be_is_not_found(stage: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    found: list[str] = []
    monkeypatch.setattr(stage.log, "find", lambda run_id, _: found.append(run_id))
    assert call("GET", run_id="r" * 3000).status == 404
    assert found == []


def test_stopping_ends_a_run_and_stopping_again_changes_nothing(stage: Live) -> None:
    stage.keep()
    stage.say("Hello")
    first = call("POST", "/stop")
    assert (first.status, first.json["status"], first.json["seq"]) == (200, "stopped", 2)
    assert call("POST", "/stop").json == first.json


def test_a_ticket_is_for_this_run_and_this_user(stage: Live) -> None:
    stage.keep()
    answer = call("POST", "/tickets")
    assert answer.status == 201
    assert stage.run_tickets.read(answer.json["ticket"], "run-1", NOW).caller.user_id == "ada"


@pytest.mark.parametrize(("method", "under"), [("GET", ""), ("POST", "/stop"), ("POST", "/tickets")])
def test_anothers_run_is_as_if_it_were_not_there_for_staff_too(stage: Live, method: str, under: str) -> None:
    stage.keep()
    assert call(method, under, caller="ben").status == 404
    assert call(method, under, caller="priya", groups="staff").status == 404
    assert call(method, under, run_id="no-run").status == 404
    assert stage.log.runs["run-1"].is_open


def test_whoever_was_signed_out_may_not_even_stop(stage: Live) -> None:
    stage.keep()
    stage.ends.end("ada", NOW)
    assert call("POST", "/stop").status == 401
