"""A streamed answer as a whole, stopping it, and tickets to follow it."""

from datetime import UTC, datetime
from http import HTTPStatus

from personalization.runs import wiring
from personalization.runs.answers import TicketAnswer, run_answer
from personalization.runs.requests import run_key
from shared.http.routes import Request, Response, routes
from shared.runs.run import Run
from shared.runs.tickets import RunTicket


def read_run(request: Request) -> Response:
    """What it has said by now, for whoever started it; 404 for everybody else, staff included."""
    run = _own_run(request)
    return Response(run_answer(run, wiring.run_service().frames(run)))


def stop_run(request: Request) -> Response:
    """It says no more, and what it said is kept. Stopping what has ended changes nothing."""
    run, runs = _own_run(request), wiring.run_service()
    runs.stop(run)
    return Response(run_answer(runs.find(run.run_id) or run, runs.frames(run)))


def issue_ticket(request: Request) -> Response:
    """For a browser's EventSource, which sends no headers: `?ticket=` follows this run until it expires."""
    ticket = RunTicket(request.caller, _own_run(request).run_id)
    return Response(TicketAnswer(*wiring.run_tickets().issue(ticket, datetime.now(UTC))), HTTPStatus.CREATED)


def _own_run(request: Request) -> Run:
    """Raises Unauthenticated; NotFound for another's run, to staff and members of the project too; Unavailable."""
    wiring.access().require(request.caller, datetime.now(UTC))
    return wiring.run_service().find_own(*run_key(request))


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
