"""POST /donations"""

from datetime import UTC, datetime

from personalization.donations import wiring
from personalization.donations.domain.donations import Donation
from personalization.donations.domain.giving import give
from personalization.donations.requests import GiveDonation
from shared.errors import NotFound
from shared.http.api import Api
from shared.http.callers import STAFF
from shared.http.request import Request
from shared.idempotency.claims import once
from shared.ids import new_id

app = Api(prime=(wiring.ledger, wiring.first_answers))


@app.route(
    "POST /donations",
    callers=STAFF,
    body=GiveDonation,
    key="required",
    answers={201: Donation},
    raises=[NotFound],
)
def give_donation(request: Request[GiveDonation]) -> object:
    """Staff record gifts without a payment, such as cheques; supporters give in the shop. Monthly gifts are pledges."""
    gift, claim = request.body.to_gift(), request.claim
    now, caller, ledger = datetime.now(UTC), request.caller, wiring.ledger()
    return once(
        claim,
        wiring.first_answers(),
        now,
        lambda: give(caller, gift, ledger=ledger, now=now, new_id=new_id, claim=claim),
    )


handler = app
