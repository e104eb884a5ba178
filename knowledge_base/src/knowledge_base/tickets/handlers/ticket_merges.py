"""POST /tickets/{ticketId}/merges, DELETE /tickets/{ticketId}/merges"""

from datetime import UTC, datetime

from knowledge_base.tickets import wiring
from knowledge_base.tickets.answers import TicketSummary, ticket_summary
from knowledge_base.tickets.requests import MergeTicket
from shared.errors import Conflict
from shared.http.api import Api
from shared.http.callers import STAFF
from shared.http.request import Request

app = Api(prime=(wiring.handling,), kind="http")


@app.route(
    "POST /tickets/{ticketId}/merges",
    callers=STAFF,
    body=MergeTicket,
    key="optional",
    answers={200: TicketSummary},
    raises=[Conflict],
)
def merge(request: Request[MergeTicket]) -> object:
    """Staff merge a ticket into another one of the same supporter, with which its words are read. Idempotent."""
    caller, ticket_id, now = request.caller, request.path("ticketId"), datetime.now(UTC)
    return wiring.handling().merge(
        caller, ticket_id, request.body.into, request.claim, now, lambda merged: ticket_summary(merged, caller)
    )


@app.route("DELETE /tickets/{ticketId}/merges", callers=STAFF, answers={200: TicketSummary}, raises=[Conflict])
def unmerge(request: Request) -> TicketSummary:
    """Staff undo a merge: the ticket has its words, and the status that it had."""
    ticket = wiring.handling().unmerge(request.caller, request.path("ticketId"), datetime.now(UTC))
    return ticket_summary(ticket, request.caller)


handler = app
