"""POST /checkout, GET /checkout/{checkoutId}, POST /checkout/{checkoutId}/cancel"""

from datetime import UTC, datetime

from commerce.checkout import wiring
from commerce.checkout.answers import CheckoutAnswer, checkout_answer
from commerce.checkout.domain.opening import Wanted
from commerce.checkout.requests import BeginCheckout
from shared.errors import Conflict, NotFound
from shared.http.api import Api
from shared.http.request import Request
from shared.idempotency.claims import HEADER

app = Api(prime=(wiring.opening,))


@app.route("POST /checkout", body=BeginCheckout, key="required", answers={202: CheckoutAnswer}, raises=[Conflict])
def begin_checkout(request: Request[BeginCheckout]) -> CheckoutAnswer:
    """Customers buy what is in their cart; 409 with the difference if it is not as they have seen it."""
    claim, body = request.claim, request.body
    assert claim is not None  # noqa: S101  the route requires a key
    wanted = Wanted(
        user_id=request.caller.user_id,
        key=request.parameters["header", HEADER],
        request_hash=claim.request_hash,
        means=body.to_means(),
        cart_version=body.cart_version,
        delivery=body.delivery.to_delivery() if body.delivery else None,
        gift_aid=body.gift_aid.to_gift_aid() if body.gift_aid else None,
    )
    return checkout_answer(wiring.opening().open(wanted, datetime.now(UTC)))


@app.route("GET /checkout/{checkoutId}", answers={200: CheckoutAnswer})
def read_checkout(request: Request) -> CheckoutAnswer:
    """Customers see how their checkout stands."""
    return checkout_answer(wiring.opening().read(request.path("checkoutId"), request.caller.user_id))


@app.route("POST /checkout/{checkoutId}/cancel", answers={202: CheckoutAnswer}, raises=[Conflict, NotFound])
def cancel_checkout(request: Request) -> CheckoutAnswer:
    """Customers ask for the end of a checkout that has not been paid. Idempotent."""
    return checkout_answer(wiring.opening().cancel(request.path("checkoutId"), request.caller.user_id))


handler = app
