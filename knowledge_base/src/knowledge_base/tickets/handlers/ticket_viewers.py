"""PUT /tickets/{ticketId}/viewers/me"""

from datetime import UTC, datetime

from knowledge_base.tickets import wiring
from knowledge_base.tickets.answers import ViewersAnswer
from shared.http.api import Api
from shared.http.callers import STAFF
from shared.http.request import Request

app = Api(prime=(wiring.handling,), kind="http")


@app.route("PUT /tickets/{ticketId}/viewers/me", callers=STAFF, answers={200: ViewersAnswer})
def view(request: Request) -> ViewersAnswer:
    """Staff say that they are viewing a ticket, for 30 seconds, and see who else is. Idempotent."""
    others = wiring.handling().view(request.caller, request.path("ticketId"), datetime.now(UTC))
    return ViewersAnswer(others)


handler = app
