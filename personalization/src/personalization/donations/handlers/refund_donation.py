"""POST /donations/{donationId}/refunds"""

from datetime import UTC, datetime
from http import HTTPStatus

from personalization.donations import wiring
from personalization.donations.domain.giving import give_back
from personalization.donations.requests import RefundDonation
from shared.http.bodies import checked
from shared.http.routes import Request, Response, route
from shared.idempotency.claims import once
from shared.ids import new_id

_MAX_BODY_BYTES = 16 * 1024


@route
def handler(request: Request) -> Response:
    """Staff give back a gift or a part of it; 403 for others. Anonymous gifts by finance staff only; 404 otherwise."""
    body = request.json(_MAX_BODY_BYTES)
    refund = checked(RefundDonation, body).to_give_back(request.path_parameters["donationId"])
    claim = request.claim(body)
    now, caller, ledger = datetime.now(UTC), request.caller, wiring.ledger()
    answer = once(claim, wiring.first_answers(), now, lambda: give_back(caller, refund, ledger, now, new_id, claim))
    return Response(answer, HTTPStatus.CREATED)
