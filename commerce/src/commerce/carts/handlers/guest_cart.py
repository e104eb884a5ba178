"""Carts of guests, who have a signed id: POST /guest-carts, and /guest-cart like /cart"""

from datetime import UTC, datetime
from typing import Any

from commerce.carts import wiring
from commerce.carts.answers import CartAnswer, IssuedGuestCart, cart_answer
from commerce.carts.domain.cart import expiry
from commerce.carts.domain.showing import ShownCart
from commerce.carts.requests import PutLine
from shared.errors import Conflict, NotFound
from shared.http.api import Api
from shared.http.callers import ANYBODY
from shared.http.parameters import text
from shared.http.request import Request

app = Api(prime=(wiring.cart_service, wiring.guest_cart_ids, wiring.images_url))

_CART_ID = text("X-Cart-Id", place="header", description="`cartId` of POST /guest-carts.")
_NOT_OPEN = (NotFound, Conflict)  # an id that is not ours, and a cart that is a user's by now


@app.route("POST /guest-carts", callers=ANYBODY, answers={201: IssuedGuestCart})
def issue_guest_cart(_: Request) -> IssuedGuestCart:
    """Everybody can get a cart's signed id; the cart exists from its first line on."""
    now = datetime.now(UTC)
    return IssuedGuestCart(wiring.guest_cart_ids().issue(now), expiry(now))


@app.route("GET /guest-cart", callers=ANYBODY, parameters=[_CART_ID], answers={200: CartAnswer}, raises=_NOT_OPEN)
def read_guest_cart(request: Request) -> CartAnswer:
    """Guests read their cart, until it is merged."""
    return _answer(wiring.cart_service().read(_cart_of(request), datetime.now(UTC)))


@app.route("DELETE /guest-cart", callers=ANYBODY, parameters=[_CART_ID], answers={200: CartAnswer}, raises=_NOT_OPEN)
def clear_guest_cart(request: Request) -> CartAnswer:
    """Guests clear their cart, until it is merged. Idempotent."""
    return _answer(wiring.cart_service().clear(_cart_of(request), datetime.now(UTC)))


@app.route(
    "PUT /guest-cart/items/{productId}",
    callers=ANYBODY,
    parameters=[_CART_ID],
    body=PutLine,
    answers={200: CartAnswer},
    raises=_NOT_OPEN,
)
def put_guest_line(request: Request[PutLine]) -> CartAnswer:
    """Guests set the quantity of a product on sale, 1 to 99, until the cart is merged."""
    line, now = (_cart_of(request), request.path("productId")), datetime.now(UTC)
    body = request.body
    return _answer(wiring.cart_service().put(*line, body.quantity, body.version, now, body.amount))


@app.route(
    "DELETE /guest-cart/items/{productId}",
    callers=ANYBODY,
    parameters=[_CART_ID],
    answers={200: CartAnswer},
    raises=_NOT_OPEN,
)
def remove_guest_line(request: Request) -> CartAnswer:
    """Guests remove a product from their cart, until it is merged. Idempotent."""
    return _answer(wiring.cart_service().remove(_cart_of(request), request.path("productId"), datetime.now(UTC)))


def _cart_of(request: Request[Any]) -> str:
    """Raises NotFound."""
    return wiring.guest_cart_ids().read(request.value(_CART_ID))


def _answer(shown: ShownCart) -> CartAnswer:
    return cart_answer(shown, wiring.images_url())


handler = app
