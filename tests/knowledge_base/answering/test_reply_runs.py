import pytest

from knowledge_base.answering.handlers.reply_runs import handler
from shared.persistence.unit_of_work import UnitOfWork
from shared.runs.run import Ending, Frame
from tests.knowledge_base.answering.fakes import Stage
from tests.knowledge_base.calls import ADA, STAFF, call
from tests.knowledge_base.tickets.examples import a_ticket
from tests.shared.gateway_events import access_claims
from tests.shared.runs.fake_runs import NOW

pytestmark = pytest.mark.usefixtures("edge")

ROUTE, RUN = "/tickets/{ticketId}/runs", "/tickets/{ticketId}/runs/{runId}"
CITATION = {"sentence": "30 days.", "documentId": "d1", "title": "Returns", "version": 2, "quote": "within 30 days"}


def keep(stage: Stage) -> None:
    stage.keep(user_id="sue", subject="t1")


def end(stage: Stage, **extra: object) -> None:
    def write(_: UnitOfWork) -> None: ...

    frame = Frame("run-1", len(stage.log.logs["run-1"]) + 1, "done", extra)
    stage.log.end(stage.log.runs["run-1"], frame, Ending(extra, write))


def test_a_reply_is_accepted_and_waits_for_a_worker(stage: Stage) -> None:
    status, accepted = call(handler, f"POST {ROUTE}", ticketId="t1")
    assert (status, accepted["sessionId"]) == (202, "t1")
    assert stage.queue.put_runs == [accepted["runId"]]
    run = stage.log.runs[accepted["runId"]]
    assert (run.kind, run.subject, run.user_id) == ("reply", "t1", "sue")


def test_a_repeated_request_starts_one_run(stage: Stage) -> None:
    key = {"idempotency-key": "k1"}
    first = call(handler, f"POST {ROUTE}", headers=key, ticketId="t1")
    assert call(handler, f"POST {ROUTE}", headers=key, ticketId="t1") == first
    assert len(stage.queue.put_runs) == 1
    assert call(handler, f"POST {ROUTE}", headers=key, ticketId="t2")[0] == 422


def test_there_is_a_reply_only_to_a_ticket(stage: Stage) -> None:
    assert call(handler, f"POST {ROUTE}", ticketId="gone")[0] == 404
    assert stage.queue.put_runs == []


def test_staff_have_no_reply_to_their_own_ticket_suggested(stage: Stage) -> None:
    stage.support_tickets.by_id["t3"] = a_ticket("t3", user_id="sue")
    assert call(handler, f"POST {ROUTE}", ticketId="t3")[0] == 403
    assert stage.queue.put_runs == []


def test_a_reply_tells_what_it_has_said_by_now(stage: Stage) -> None:
    keep(stage)
    stage.say("It is ", "here.")
    status, run = call(handler, f"GET {RUN}", ticketId="t1", runId="run-1")
    assert (status, run["status"], run["text"]) == (200, "queued", "It is here.")
    assert (run["citations"], run["gap"]) == ([], False)


def test_a_reply_that_is_done_has_its_citations(stage: Stage) -> None:
    keep(stage)
    end(stage, usage={"inputTokens": 1, "outputTokens": 1}, citations=[CITATION])
    _, run = call(handler, f"GET {RUN}", ticketId="t1", runId="run-1")
    assert (run["status"], run["citations"], run["gap"]) == ("done", [CITATION], False)


def test_that_no_document_answers_is_said(stage: Stage) -> None:
    keep(stage)
    end(stage, usage={"inputTokens": 1, "outputTokens": 1}, gap=True)
    _, run = call(handler, f"GET {RUN}", ticketId="t1", runId="run-1")
    assert (run["status"], run["text"], run["citations"], run["gap"]) == ("done", "", [], True)


def test_a_reply_is_stopped_and_keeps_what_it_has_said(stage: Stage) -> None:
    keep(stage)
    stage.say("It is ")
    for _ in range(2):
        status, run = call(handler, f"POST {RUN}/stop", ticketId="t1", runId="run-1")
        assert (status, run["status"], run["text"]) == (200, "stopped", "It is ")


def test_a_ticket_is_for_this_run_and_this_user(stage: Stage) -> None:
    keep(stage)
    status, answer = call(handler, f"POST {RUN}/tickets", ticketId="t1", runId="run-1")
    assert status == 201
    assert stage.run_tickets.read(answer["ticket"], "run-1", NOW).caller.user_id == "sue"


@pytest.mark.parametrize("route", [f"GET {RUN}", f"POST {RUN}/stop", f"POST {RUN}/tickets"])
def test_anothers_run_and_another_tickets_are_as_if_they_were_not_there(stage: Stage, route: str) -> None:
    keep(stage)
    assert call(handler, route, claims=access_claims("tom", "[admin]"), ticketId="t1", runId="run-1")[0] == 404
    assert call(handler, route, claims=STAFF, ticketId="t2", runId="run-1")[0] == 404
    assert call(handler, route, claims=STAFF, ticketId="t1", runId="no-run")[0] == 404
    assert stage.log.runs["run-1"].is_open


@pytest.mark.parametrize("route", [f"POST {ROUTE}", f"GET {RUN}", f"POST {RUN}/stop", f"POST {RUN}/tickets"])
def test_supporters_have_no_replies_suggested(stage: Stage, route: str) -> None:
    stage.keep(user_id="ada", subject="t1")
    assert call(handler, route, claims=ADA, ticketId="t1", runId="run-1")[0] == 403
    assert call(handler, route, claims=None, ticketId="t1", runId="run-1")[0] == 401
