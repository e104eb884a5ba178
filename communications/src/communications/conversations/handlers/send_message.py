"""POST /messages"""

from datetime import UTC, datetime

from communications.conversations import wiring
from communications.conversations.answers import SentMessage, sent_message
from communications.conversations.requests import SendMessage
from shared.errors import Conflict, NotFound
from shared.http.api import Api
from shared.http.request import Request

app = Api(prime=(wiring.sending,), kind="http")


@app.route("POST /messages", body=SendMessage, key="required", answers={201: SentMessage}, raises=[Conflict, NotFound])
def send_message(request: Request[SendMessage]) -> object:
    """Users write to people, or into a conversation of theirs; supporters begin conversations with staff only."""
    draft, claim, now = request.body.to_draft(), request.claim, datetime.now(UTC)
    return wiring.sending().send(request.caller, draft, claim, now, sent_message)


handler = app
