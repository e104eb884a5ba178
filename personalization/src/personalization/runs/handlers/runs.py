"""A streamed answer as a whole, its end before time, and tickets to follow it."""

from datetime import UTC, datetime
from http import HTTPStatus

from personalization.runs import wiring
from personalization.runs.answers import TicketAnswer, run_answer
from personalization.runs.own_run import own_run
from shared.http.routes import Request, Response, routes
from shared.runs.ending import stop
from shared.runs.tickets import RunTicket


def read_run(request: Request) -> Response:
    """What it has said by now, for whoever has started it; 404 for everybody else, staff included."""
    run, now = own_run(request), datetime.now(UTC)
    return Response(run_answer(run, wiring.log().frames(run.run_id, 0, now)))


def stop_run(request: Request) -> Response:
    """It says no more, and what it said is kept. Stopping what has ended changes nothing."""
    run, now = own_run(request), datetime.now(UTC)
    stop(run, wiring.log(), wiring.answerers(), wiring.sender(), now)
    return Response(run_answer(wiring.log().find(run.run_id, now) or run, wiring.log().frames(run.run_id, 0, now)))


def issue_ticket(request: Request) -> Response:
    """For a browser's EventSource, which sends no headers: `?ticket=` follows this run until it expires."""
    run, caller = own_run(request), request.caller
    ticket = RunTicket(caller, run.run_id)
    return Response(TicketAnswer(*wiring.run_tickets().issue(ticket, datetime.now(UTC))), HTTPStatus.CREATED)


handler = routes(
    {
        "GET /agent/runs/{runId}": read_run,
        "POST /agent/runs/{runId}/stop": stop_run,
        "POST /agent/runs/{runId}/tickets": issue_ticket,
        "GET /api/projects/{projectId}/runs/{runId}": read_run,
        "POST /api/projects/{projectId}/runs/{runId}/stop": stop_run,
        "POST /api/projects/{projectId}/runs/{runId}/tickets": issue_ticket,
    }
)
