"""POST /donations"""

from datetime import UTC, datetime
from http import HTTPStatus

from personalization.donations import wiring
from personalization.donations.domain.giving import give
from personalization.donations.requests import GiveDonation
from shared.http.bodies import checked
from shared.http.routes import Request, Response, route
from shared.idempotency.claims import once
from shared.ids import new_id

_MAX_BODY_BYTES = 16 * 1024


@route
def handler(request: Request) -> Response:
    """Supporters give for themselves, staff record gifts of anyone; 404 otherwise. Needs an Idempotency-Key."""
    body = request.json(_MAX_BODY_BYTES)
    gift, claim = checked(GiveDonation, body).to_gift(), request.claim(body, required=True)
    now, caller, ledger = datetime.now(UTC), request.caller, wiring.ledger()
    answer = once(claim, wiring.first_answers(), now, lambda: give(caller, gift, ledger, now, new_id, claim))
    return Response(answer, HTTPStatus.CREATED)
