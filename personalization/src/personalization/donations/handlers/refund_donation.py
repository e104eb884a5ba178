"""POST /donations/{donationId}/refunds"""

from datetime import UTC, datetime

from personalization.donations import wiring
from personalization.donations.domain.donations import Refund
from personalization.donations.domain.giving import refund_gift
from personalization.donations.requests import RefundDonation
from shared.errors import Conflict
from shared.http.api import Api
from shared.http.callers import STAFF
from shared.http.request import Request
from shared.idempotency.claims import once
from shared.ids import new_id

app = Api(prime=(wiring.ledger, wiring.first_answers))


@app.route(
    "POST /donations/{donationId}/refunds",
    callers=STAFF,
    body=RefundDonation,
    key="required",
    answers={201: Refund},
    raises=[Conflict],
)
def refund_donation(request: Request[RefundDonation]) -> object:
    """Staff refund a gift or a part of it; an anonymous one, only finance staff."""
    refund, claim = request.body.to_refund(request.path("donationId")), request.claim
    now, caller, ledger = datetime.now(UTC), request.caller, wiring.ledger()
    return once(
        claim,
        wiring.first_answers(),
        now,
        lambda: refund_gift(caller, refund, ledger=ledger, now=now, new_id=new_id, claim=claim),
    )


handler = app
