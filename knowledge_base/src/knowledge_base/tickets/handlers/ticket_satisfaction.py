"""PUT /tickets/{ticketId}/satisfaction"""

from datetime import UTC, datetime

from knowledge_base.tickets import wiring
from knowledge_base.tickets.answers import TicketSummary, ticket_summary
from knowledge_base.tickets.requests import RateTicket
from shared.errors import Conflict
from shared.http.api import Api
from shared.http.request import Request

app = Api(prime=(wiring.handling,), kind="http")


@app.route("PUT /tickets/{ticketId}/satisfaction", body=RateTicket, answers={200: TicketSummary}, raises=[Conflict])
def rate(request: Request[RateTicket]) -> TicketSummary:
    """Supporters say how content they are with a ticket of theirs once it is solved, 1 to 5, as often as they like."""
    rating, now = request.body, datetime.now(UTC)
    ticket = wiring.handling().rate(request.caller, request.path("ticketId"), rating.score, rating.comment or "", now)
    return ticket_summary(ticket, request.caller)


handler = app
