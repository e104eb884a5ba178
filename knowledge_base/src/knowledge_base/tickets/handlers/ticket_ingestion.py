"""POST /tickets"""

from datetime import UTC, datetime

from knowledge_base.tickets import wiring
from knowledge_base.tickets.answers import OpenedTicket, opened_ticket
from knowledge_base.tickets.requests import OpenTicket
from shared.errors import NotFound
from shared.http.api import Api
from shared.http.request import Request

app = Api(prime=(wiring.writing,), kind="http")


@app.route("POST /tickets", body=OpenTicket, key="required", answers={201: OpenedTicket}, raises=[NotFound])
def open_ticket(request: Request[OpenTicket]) -> object:
    """Users ask the help desk; staff write down for others what they ask by phone or mail."""
    new, claim, now = request.body.to_new_ticket(request.caller), request.claim, datetime.now(UTC)
    return wiring.writing().open(new, claim, now, opened_ticket)


handler = app
