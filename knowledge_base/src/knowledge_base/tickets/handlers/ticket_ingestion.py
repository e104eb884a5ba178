"""POST /tickets"""

from datetime import UTC, datetime

from knowledge_base.tickets import wiring
from knowledge_base.tickets.answers import OpenedTicket, opened_for_staff, opened_ticket
from knowledge_base.tickets.domain.reading import question_of
from knowledge_base.tickets.domain.writing import is_staff_for
from knowledge_base.tickets.requests import OpenTicket
from shared.errors import NotFound
from shared.http.api import Api
from shared.http.request import Request

app = Api(prime=(wiring.writing, wiring.assisting), kind="http")


@app.route("POST /tickets", body=OpenTicket, key="required", answers={201: OpenedTicket}, raises=[NotFound])
def open_ticket(request: Request[OpenTicket]) -> object:
    """Users ask the help desk; staff write down for others what they ask by phone or mail."""
    new, claim, now = request.body.to_new_ticket(request.caller), request.claim, datetime.now(UTC)
    opened = wiring.writing().open(new, claim, now, opened_ticket)
    if not is_staff_for(request.caller, new):
        return opened
    question = question_of(new.subject, new.body)
    return opened_for_staff(opened, lambda ticket_id: wiring.assisting().assist(new.user_id, ticket_id, question))


handler = app
