"""Canned replies: /canned-replies, /canned-replies/{cannedReplyId}, GET /tickets/{ticketId}/canned-replies/{…}"""

from datetime import UTC, datetime

from knowledge_base.tickets import wiring
from knowledge_base.tickets.answers import CannedRepliesAnswer, canned_replies_answer
from knowledge_base.tickets.domain.canned_replies import CannedReply, FilledReply
from knowledge_base.tickets.requests import AddCannedReply, AmendCannedReply
from shared.errors import Conflict
from shared.http.api import Api
from shared.http.callers import STAFF
from shared.http.parameters import paging
from shared.http.request import Request

app = Api(prime=(wiring.library, wiring.cursors), kind="http")


@app.route("POST /canned-replies", callers=STAFF, body=AddCannedReply, key="optional", answers={201: CannedReply})
def add(request: Request[AddCannedReply]) -> object:
    """Staff write a text that they will need again."""
    user_id, sent, claim = request.caller.user_id, request.body, request.claim
    return wiring.library().add(user_id, sent.title, sent.text, claim, datetime.now(UTC), lambda reply: reply)


@app.route("GET /canned-replies", callers=STAFF, parameters=paging(), answers={200: CannedRepliesAnswer})
def list_all(request: Request) -> CannedRepliesAnswer:
    """Staff list the canned replies, the newest first."""
    scope, cursors = "canned-replies", wiring.cursors()
    return canned_replies_answer(wiring.library().replies.listed(*request.page(cursors, scope)), scope, cursors)


@app.route("GET /canned-replies/{cannedReplyId}", callers=STAFF, answers={200: CannedReply})
def read(request: Request) -> CannedReply:
    """Staff read one, with its variables."""
    return wiring.library().found(request.path("cannedReplyId"))


@app.route(
    "PUT /canned-replies/{cannedReplyId}",
    callers=STAFF,
    body=AmendCannedReply,
    answers={200: CannedReply},
    raises=[Conflict],
)
def amend(request: Request[AmendCannedReply]) -> CannedReply:
    """Staff change one, if it is still as they have seen it."""
    user_id, reply_id, sent = request.caller.user_id, request.path("cannedReplyId"), request.body
    return wiring.library().amend(user_id, reply_id, sent.version, sent.title, sent.text, datetime.now(UTC))


@app.route("DELETE /canned-replies/{cannedReplyId}", callers=STAFF, answers={204: None})
def remove(request: Request) -> None:
    """Staff delete one. Idempotent."""
    wiring.library().replies.remove(request.path("cannedReplyId"))


@app.route("GET /tickets/{ticketId}/canned-replies/{cannedReplyId}", callers=STAFF, answers={200: FilledReply})
def fill(request: Request) -> FilledReply:
    """Staff get one as it reads for a ticket, to reply with it as it is or changed."""
    return wiring.library().filled(request.caller, request.path("ticketId"), request.path("cannedReplyId"))


handler = app
