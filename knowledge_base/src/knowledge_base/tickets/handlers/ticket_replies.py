"""POST /tickets/{ticketId}/replies"""

from datetime import UTC, datetime

from knowledge_base.tickets import wiring
from knowledge_base.tickets.answers import WrittenReply, written_reply
from knowledge_base.tickets.requests import ReplyToTicket
from shared.errors import Conflict, Forbidden
from shared.http.api import Api
from shared.http.request import Request

app = Api(prime=(wiring.writing,), kind="http")


@app.route(
    "POST /tickets/{ticketId}/replies",
    body=ReplyToTicket,
    key="optional",
    answers={201: WrittenReply},
    raises=[Conflict, Forbidden],
)
def reply(request: Request[ReplyToTicket]) -> object:
    """Supporters write on a ticket of theirs, which opens it again; staff answer them, or note something for staff."""
    ticket_id, draft = request.path("ticketId"), request.body.to_draft()
    return wiring.writing().reply(request.caller, ticket_id, draft, request.claim, datetime.now(UTC), written_reply)


handler = app
