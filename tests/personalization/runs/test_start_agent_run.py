import pytest

from personalization.runs.handlers.start_agent_run import handler
from tests.personalization.calls import Answer, called
from tests.personalization.runs.fakes import Live
from tests.shared.runs.fake_runs import NOW

pytestmark = pytest.mark.usefixtures("edge", "stage")


def ask(caller: str = "ada", key: str | None = None, groups: object = None, **changed: object) -> Answer:
    body = {"userId": "ada", "input": "Hello", "sessionId": "s1"} | changed
    return called(handler, caller, groups=groups, body=body, key=key, resource="/agent/runs")


def test_a_question_is_accepted_and_waits_for_a_worker(stage: Live) -> None:
    answer = ask()
    assert (answer.status, answer.json["sessionId"]) == (202, "s1")
    run = stage.log.runs[answer.json["runId"]]
    assert (run.kind, run.user_id, run.request, run.followers) == ("agent", "ada", {"input": "Hello"}, {})
    assert stage.queue.put_runs == [run.run_id]


def test_a_repeated_question_is_one_run(stage: Live) -> None:
    assert ask(key="k1").json == ask(key="k1").json
    assert len(stage.queue.put_runs) == 1
    assert ask(key="k1", input="Goodbye").status == 422


@pytest.mark.parametrize(("caller", "groups"), [("ben", None), ("priya", "staff")])
def test_a_run_is_started_for_oneself_only(stage: Live, caller: str, groups: object) -> None:
    assert ask(caller, groups=groups).status == 404
    assert stage.queue.put_runs == []


def test_anothers_session_and_bad_input_are_refused(stage: Live) -> None:
    stage.own_session("bens", "ben")
    assert ask(sessionId="bens").status == 404
    assert ask(input="").status == 422
    assert stage.queue.put_runs == []


def test_whoever_was_signed_out_is_refused(stage: Live) -> None:
    stage.ends.end("ada", NOW)
    assert ask().status == 401
    assert stage.queue.put_runs == []
