"""What staff see beside a ticket"""

from knowledge_base.context import wiring
from knowledge_base.context.answers import TicketContextAnswer, ticket_context_answer
from shared.errors import NotFound, Unavailable
from shared.http.api import Api
from shared.http.callers import STAFF
from shared.http.request import Request

app = Api(prime=(wiring.ticket_contexts,), kind="http")


@app.route(
    "GET /tickets/{ticketId}/context", callers=STAFF, answers={200: TicketContextAnswer}, raises=[NotFound, Unavailable]
)
def get_ticket_context(request: Request) -> TicketContextAnswer:
    """Who wrote the ticket, what they did lately, how they feel, whether they may leave, and what may help."""
    return ticket_context_answer(wiring.ticket_contexts().of(request.caller, request.path("ticketId")))
