"""What staff say of suggestions"""

from datetime import UTC, datetime

from knowledge_base.suggestions import wiring
from knowledge_base.suggestions.requests import GiveFeedback
from shared.errors import NotFound
from shared.http.api import Api
from shared.http.callers import STAFF
from shared.http.request import Request

app = Api(prime=(wiring.bedrock_service,), kind="http")


@app.route(
    "POST /tickets/{ticketId}/feedback", callers=STAFF, body=GiveFeedback, answers={204: None}, raises=[NotFound]
)
def give_feedback(request: Request[GiveFeedback]) -> None:
    """Staff say whether a suggestion for a ticket helped, which changes what is suggested later."""
    ticket_id, body = request.path("ticketId"), request.body
    wiring.bedrock_service().feedback(ticket_id, body.suggestion_id, datetime.now(UTC), helpful=body.helpful)


handler = app
