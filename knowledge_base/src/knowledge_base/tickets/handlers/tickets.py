"""GET /tickets, GET /tickets/{ticketId}, PATCH /tickets/{ticketId}"""

from datetime import UTC, datetime

from knowledge_base.tickets import wiring
from knowledge_base.tickets.answers import (
    TicketAnswer,
    TicketsAnswer,
    TicketSummary,
    ticket_answer,
    ticket_summary,
    tickets_answer,
)
from knowledge_base.tickets.requests import FILTERS, QUERY, AmendTicket, read_filters
from shared.errors import Conflict, Forbidden, Invalid
from shared.http.api import Api
from shared.http.callers import STAFF
from shared.http.parameters import paging
from shared.http.request import Request

app = Api(prime=(wiring.reading, wiring.handling, wiring.cursors), kind="http")


@app.route(
    "GET /tickets",
    parameters=[*FILTERS, QUERY, *paging()],
    answers={200: TicketsAnswer},
    raises=[Forbidden, Invalid],
)
def list_tickets(request: Request) -> TicketsAnswer:
    """Supporters list their own tickets, staff all of them, the newest first."""
    caller, cursors, query = request.caller, wiring.cursors(), request.value(QUERY)
    filters = read_filters(request)
    scope = f"tickets:{caller.user_id}:{filters}:{query}"
    page = wiring.reading().listed(caller, filters, query, *request.page(cursors, scope))
    return tickets_answer(page, scope, cursors, caller)


@app.route("GET /tickets/{ticketId}", answers={200: TicketAnswer})
def read_ticket(request: Request) -> TicketAnswer:
    """Supporters read a ticket of theirs without staff's notes, staff any, each with its newest replies."""
    caller = request.caller
    return ticket_answer(wiring.reading().one(caller, request.path("ticketId")), caller, wiring.cursors())


@app.route(
    "PATCH /tickets/{ticketId}", callers=STAFF, body=AmendTicket, answers={200: TicketSummary}, raises=[Conflict]
)
def amend_ticket(request: Request[AmendTicket]) -> TicketSummary:
    """Staff assign, prioritize and settle a ticket, if it is still as they have seen it."""
    caller, wanted, now = request.caller, request.body.to_amendment(), datetime.now(UTC)
    return ticket_summary(wiring.handling().amend(caller, request.path("ticketId"), wanted, now), caller)


handler = app
