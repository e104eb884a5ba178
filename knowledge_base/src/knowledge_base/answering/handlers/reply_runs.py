"""Suggested replies: starting one, reading it, stopping it, and tickets to follow it."""

from datetime import UTC, datetime

from knowledge_base.answering import wiring
from knowledge_base.answering.answers import ReplyRunAnswer, reply_run_answer
from shared.errors import NotFound
from shared.event_streams.routes import StreamTicketAnswer, ticket_for
from shared.http.api import Api
from shared.http.callers import STAFF
from shared.http.request import Request
from shared.runs.run import Accepted, Run

app = Api(prime=(wiring.reply_run_service, wiring.run_service, wiring.run_tickets), kind="http")


@app.route("POST /tickets/{ticketId}/runs", callers=STAFF, key="optional", answers={202: Accepted}, raises=[NotFound])
def start_reply_run(request: Request) -> object:
    """Staff have a reply to a ticket suggested, each sentence with the document that says so, and follow it."""
    ticket_id, now = request.path("ticketId"), datetime.now(UTC)
    return wiring.reply_run_service().start(request.caller, ticket_id, request.claim, now)


@app.route("GET /tickets/{ticketId}/runs/{runId}", callers=STAFF, answers={200: ReplyRunAnswer})
def read_reply_run(request: Request) -> ReplyRunAnswer:
    """Whoever of staff started it reads what it has said so far, and once it is done its citations."""
    run = _own_run(request)
    return reply_run_answer(run, wiring.run_service().frames(run))


@app.route("POST /tickets/{ticketId}/runs/{runId}/stop", callers=STAFF, answers={200: ReplyRunAnswer})
def stop_reply_run(request: Request) -> ReplyRunAnswer:
    """Whoever of staff started it stops it; what it has said is kept. Idempotent."""
    run, runs = _own_run(request), wiring.run_service()
    runs.stop(run)
    return reply_run_answer(runs.find(run.run_id) or run, runs.frames(run))


@app.route("POST /tickets/{ticketId}/runs/{runId}/tickets", callers=STAFF, answers={201: StreamTicketAnswer})
def issue_reply_run_ticket(request: Request) -> StreamTicketAnswer:
    """Whoever of staff started it gets a ticket for a browser's EventSource, which cannot send a token."""
    return ticket_for(request.caller, _own_run(request).run_id, wiring.run_tickets(), datetime.now(UTC))


def _own_run(request: Request) -> Run:
    """Raises NotFound for another's run, and for another ticket's; Unavailable."""
    return wiring.run_service().find_own(request.path("runId"), request.caller.user_id, request.path("ticketId"))


handler = app
