import pytest

from commerce.support.handlers.support_runs import handler
from tests.commerce.calls import call
from tests.commerce.support.fakes import Live
from tests.shared.gateway_events import access_claims
from tests.shared.runs.fake_runs import NOW

pytestmark = pytest.mark.usefixtures("edge")

ADA, BEN = access_claims("ada"), access_claims("ben", "admin")
QUESTION = {"input": "What does delivery cost?", "sessionId": "mine"}
RUN = "/support/runs/{runId}"


def test_a_question_is_accepted_and_waits_for_a_worker(stage: Live) -> None:
    status, accepted = call(handler, "POST /support/runs", QUESTION, claims=ADA)
    assert (status, accepted["sessionId"]) == (202, "mine")
    assert stage.queue.put_runs == [accepted["runId"]]
    assert stage.log.runs[accepted["runId"]].followers == {}


def test_a_repeated_question_starts_one_run(stage: Live) -> None:
    key = {"Idempotency-Key": "k1"}
    first = call(handler, "POST /support/runs", QUESTION, claims=ADA, headers=key)
    assert call(handler, "POST /support/runs", QUESTION, claims=ADA, headers=key) == first
    assert len(stage.queue.put_runs) == 1
    assert call(handler, "POST /support/runs", QUESTION | {"input": "Hm?"}, claims=ADA, headers=key)[0] == 422


def test_a_run_tells_what_it_has_said_by_now_and_is_stopped(stage: Live) -> None:
    stage.keep()
    stage.say("Hello ", "Ada")
    status, run = call(handler, f"GET {RUN}", claims=ADA, runId="run-1")
    assert (status, run["status"], run["text"]) == (200, "queued", "Hello Ada")
    assert call(handler, f"POST {RUN}/stop", claims=ADA, runId="run-1")[1]["status"] == "stopped"


def test_a_ticket_is_for_this_run_and_this_user(stage: Live) -> None:
    stage.keep()
    status, answer = call(handler, f"POST {RUN}/tickets", claims=ADA, runId="run-1")
    assert status == 201
    assert stage.run_tickets.read(answer["ticket"], "run-1", NOW).caller.user_id == "ada"


@pytest.mark.parametrize("route", [f"GET {RUN}", f"POST {RUN}/stop", f"POST {RUN}/tickets"])
def test_anothers_run_is_as_if_it_were_not_there_for_admins_too(stage: Live, route: str) -> None:
    stage.keep()
    assert call(handler, route, claims=BEN, runId="run-1")[0] == 404
    assert call(handler, route, claims=ADA, runId="no-run")[0] == 404
    assert stage.log.runs["run-1"].is_open
