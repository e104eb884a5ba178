"""Answers of the support chat without a socket: starting one, reading it, stopping it, and tickets to follow it."""

from datetime import UTC, datetime

from commerce.support import wiring
from commerce.support.requests import AskSupport
from shared.errors import NotFound
from shared.event_streams.routes import StreamTicketAnswer, ticket_for
from shared.http.api import Api
from shared.http.request import Request
from shared.runs.routes import RunAnswer, run_answer, stopped
from shared.runs.run import Accepted, Run

app = Api(prime=(wiring.support_run_service, wiring.run_service, wiring.run_tickets))


@app.route("POST /support/runs", body=AskSupport, key="optional", answers={202: Accepted}, raises=[NotFound])
def start_support_run(request: Request[AskSupport]) -> object:
    """Customers ask where they cannot open a socket, and follow the answer by Server-Sent Events."""
    question, now = request.body.to_question(request.claim), datetime.now(UTC)
    return wiring.support_run_service().start(request.caller, question, now)


@app.route("GET /support/runs/{runId}", answers={200: RunAnswer})
def read_support_run(request: Request) -> RunAnswer:
    """Whoever started the run reads its status and what it has said so far; nobody else may, not even staff."""
    run = _own_run(request)
    return run_answer(run, wiring.run_service().frames(run))


@app.route("POST /support/runs/{runId}/stop", answers={200: RunAnswer})
def stop_support_run(request: Request) -> RunAnswer:
    """Whoever started the run stops it; what it has said is kept. Idempotent."""
    return stopped(_own_run(request), wiring.run_service())


@app.route("POST /support/runs/{runId}/tickets", answers={201: StreamTicketAnswer})
def issue_support_run_ticket(request: Request) -> StreamTicketAnswer:
    """Whoever started the run gets a ticket for a browser's EventSource, which cannot send a token."""
    return ticket_for(request.caller, _own_run(request).run_id, wiring.run_tickets(), datetime.now(UTC))


def _own_run(request: Request) -> Run:
    """Raises NotFound for another's run, to staff too; Unavailable."""
    return wiring.run_service().find_own(request.path("runId"), request.caller.user_id)


handler = app
