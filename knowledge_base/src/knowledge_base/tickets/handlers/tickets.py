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
from knowledge_base.tickets.domain.stores import Filters
from knowledge_base.tickets.domain.tickets import Priority, TicketStatus
from knowledge_base.tickets.requests import AmendTicket
from shared.errors import Conflict, Forbidden, Invalid
from shared.http.api import Api
from shared.http.callers import STAFF
from shared.http.parameters import optional_choice, optional_line, optional_text, paging
from shared.http.periods import FROM, TO, read_period
from shared.http.request import Request

app = Api(prime=(wiring.reading, wiring.handling, wiring.cursors), kind="http")

_STATUS = optional_choice("status", TicketStatus)
_ASSIGNEE = optional_text("assignee", description="For staff: the id of somebody of staff, `me`, or `none`.")
_PRIORITY = optional_choice("priority", Priority)
_QUERY = optional_line("q", description="Words of the subject, or a number such as `#1042`.")


@app.route(
    "GET /tickets",
    parameters=[_STATUS, _ASSIGNEE, _PRIORITY, FROM, TO, _QUERY, *paging()],
    answers={200: TicketsAnswer},
    raises=[Forbidden, Invalid],
)
def list_tickets(request: Request) -> TicketsAnswer:
    """Supporters list their own tickets, staff all of them, the newest first."""
    caller, cursors, query = request.caller, wiring.cursors(), request.value(_QUERY)
    filters = Filters(
        status=request.value(_STATUS),
        assignee=request.value(_ASSIGNEE),
        priority=request.value(_PRIORITY),
        opened=read_period(request),
    )
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
