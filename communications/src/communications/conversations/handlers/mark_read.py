"""POST /conversations/{conversationId}/reads"""

from datetime import UTC, datetime

from communications.conversations import wiring
from communications.conversations.requests import MarkRead
from shared.http.api import Api
from shared.http.request import Request

app = Api(prime=(wiring.receipts,), kind="http")


@app.route("POST /conversations/{conversationId}/reads", body=MarkRead, answers={204: None})
def mark_read(request: Request[MarkRead]) -> None:
    """Members say how far they have read; the senders get a receipt. Idempotent."""
    conversation_id, up_to = request.path("conversationId"), request.body.up_to
    wiring.receipts().mark_read(request.caller.user_id, conversation_id, up_to, datetime.now(UTC))


handler = app
