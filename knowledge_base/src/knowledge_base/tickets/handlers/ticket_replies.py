"""POST /tickets/{ticketId}/replies, GET /tickets/{ticketId}/replies"""

from datetime import UTC, datetime

from knowledge_base.tickets import wiring
from knowledge_base.tickets.answers import RepliesAnswer, WrittenReply, replies_answer, replies_scope, written_reply
from knowledge_base.tickets.domain.reading import NEWEST_REPLIES
from knowledge_base.tickets.requests import ReplyToTicket
from shared.errors import Conflict, Forbidden
from shared.http.api import Api
from shared.http.parameters import paging
from shared.http.request import Request

app = Api(prime=(wiring.writing, wiring.reading, wiring.cursors), kind="http")


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


@app.route("GET /tickets/{ticketId}/replies", parameters=paging(size=NEWEST_REPLIES), answers={200: RepliesAnswer})
def list_replies(request: Request) -> RepliesAnswer:
    """Whoever may read the ticket reads its replies from the newest back: pages are in the order of time in themselves.

    A page has at most 256 KB of words, so it may have fewer replies than `limit`, also none where staff's notes are
    left out: older ones follow as long as there is a `nextCursor`. That of a ticket's own replies is `repliesCursor`.
    """
    caller, ticket_id, cursors = request.caller, request.path("ticketId"), wiring.cursors()
    before, limit = request.page(cursors, replies_scope(caller, ticket_id))
    return replies_answer(wiring.reading().replies(caller, ticket_id, before, limit), caller, ticket_id, cursors)


handler = app
