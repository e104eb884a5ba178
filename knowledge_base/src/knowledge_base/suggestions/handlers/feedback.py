"""What staff say of suggestions"""

from datetime import UTC, datetime
from functools import partial

from knowledge_base.suggestions import wiring
from knowledge_base.suggestions.requests import GiveFeedback
from shared.errors import NotFound
from shared.http.api import Api
from shared.http.callers import STAFF
from shared.http.request import Request
from shared.idempotency.claims import once

app = Api(prime=(wiring.bedrock_service, wiring.first_answers), kind="http")


@app.route(
    "POST /tickets/{ticketId}/feedback",
    callers=STAFF,
    body=GiveFeedback,
    key="optional",
    answers={204: None},
    raises=[NotFound],
)
def give_feedback(request: Request[GiveFeedback]) -> None:
    """Staff say whether a suggestion for a ticket helped, which changes what is suggested later."""
    ticket_id, body, claim, now = request.path("ticketId"), request.body, request.claim, datetime.now(UTC)
    records, service = wiring.first_answers(), wiring.bedrock_service()
    record = partial(records.record, claim.answered(None, now)) if claim else None

    def give() -> None:
        service.feedback(ticket_id, body.suggestion_id, now, helpful=body.helpful, record=record)

    once(claim, records, now, give)


handler = app
