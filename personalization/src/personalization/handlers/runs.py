"""A streamed answer as a whole, its end before time, and tickets to follow it."""

from datetime import UTC, datetime
from http import HTTPStatus

from personalization import live
from personalization.answers import TicketAnswer, run_answer
from personalization.run_requests import own_run
from shared.http import Request, Response, routes
from shared.run_ending import stop
from shared.run_tickets import RunTicket


def read_run(request: Request) -> Response:
    """What it has said by now, for whoever has started it; 404 for everybody else, staff included."""
    run, now = own_run(request), datetime.now(UTC)
    return Response(run_answer(run, live.log().frames(run.run_id, 0, now)))


def stop_run(request: Request) -> Response:
    """It says no more, and what it said is kept. Stopping what has ended changes nothing."""
    run, now = own_run(request), datetime.now(UTC)
    stop(run, live.log(), live.answerers(), live.sender(), now)
    return Response(run_answer(live.log().find(run.run_id, now) or run, live.log().frames(run.run_id, 0, now)))


def issue_ticket(request: Request) -> Response:
    """For a browser's EventSource, which sends no headers: `?ticket=` follows this run until it expires."""
    run, caller = own_run(request), request.caller
    ticket = RunTicket(caller, run.run_id)
    return Response(TicketAnswer(*live.run_tickets().issue(ticket, datetime.now(UTC))), HTTPStatus.CREATED)


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
