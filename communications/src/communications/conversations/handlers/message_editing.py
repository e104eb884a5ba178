"""What senders change: PATCH /messages/{messageId}, DELETE /messages/{messageId}"""

from datetime import UTC, datetime

from communications.conversations import wiring
from communications.conversations.answers import SentMessage, sent_message
from communications.conversations.requests import EditMessage
from shared.errors import Conflict
from shared.http.api import Api
from shared.http.request import Request

app = Api(prime=(wiring.changing,), kind="http")


@app.route("PATCH /messages/{messageId}", body=EditMessage, answers={200: SentMessage}, raises=[Conflict])
def edit(request: Request[EditMessage]) -> SentMessage:
    """Senders edit a message, for 24 hours, wherever it has arrived."""
    user_id, content = request.caller.user_id, request.body.content
    return sent_message(wiring.changing().edit(user_id, request.path("messageId"), content, datetime.now(UTC)))


@app.route("DELETE /messages/{messageId}", answers={204: None}, raises=[Conflict])
def delete(request: Request) -> None:
    """Senders delete a message, for 24 hours, wherever it has arrived: that it was there remains. Idempotent."""
    wiring.changing().delete(request.caller.user_id, request.path("messageId"), datetime.now(UTC))


handler = app
