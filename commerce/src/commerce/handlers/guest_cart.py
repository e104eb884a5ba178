"""The cart of a guest, who has its signed id: POST /guest-carts, and /guest-cart as /cart is"""

from datetime import UTC, datetime
from http import HTTPStatus

from commerce import wiring
from commerce.cart_answers import GuestCartAnswer, IssuedGuestCart, cart_answer
from commerce.cart_requests import PutLine
from commerce.domain.carts.cart import expiry
from commerce.domain.carts.showing import ShownCart
from shared.bodies import checked
from shared.errors import FieldError, Malformed
from shared.http import Request, Response, routes

_HEADER = "X-Cart-Id"
_MAX_BODY_BYTES = 4 * 1024


def issue_guest_cart(_: Request) -> Response:
    """Everybody gets a cart's signed id; it is kept from the first line on."""
    now = datetime.now(UTC)
    return Response(IssuedGuestCart(wiring.guest_cart_ids().issue(now), expiry(now)), HTTPStatus.CREATED)


def read_guest_cart(request: Request) -> Response:
    """Guests look into their cart, as users do; 404 for an id that is not ours, 409 once it is a user's."""
    return _answer(wiring.shopping().look(_cart_of(request), datetime.now(UTC)))


def clear_guest_cart(request: Request) -> Response:
    """Guests empty their cart; 404 for an id that is not ours, 409 once it is a user's."""
    return _answer(wiring.shopping().clear(_cart_of(request), datetime.now(UTC)))


def put_guest_line(request: Request) -> Response:
    """Guests say how many of a product they want, as users do; 404, 409 also once the cart is a user's."""
    cart_id, product_id = _cart_of(request), request.path_id("productId")
    asked, now = checked(PutLine, request.json(_MAX_BODY_BYTES)), datetime.now(UTC)
    return _answer(wiring.shopping().put(cart_id, product_id, asked.quantity, asked.version, now))


def remove_guest_line(request: Request) -> Response:
    """Guests take a product out of their cart; 404 for an id that is not ours, 409 once it is a user's."""
    cart_id, product_id = _cart_of(request), request.path_id("productId")
    return _answer(wiring.shopping().remove(cart_id, product_id, datetime.now(UTC)))


def _cart_of(request: Request) -> str:
    """Raises Malformed; NotFound."""
    text = request.header(_HEADER)
    if text is None:
        raise Malformed(f"The header {_HEADER} is required.", [FieldError(_HEADER, "is required")])
    return wiring.guest_cart_ids().read(text)


def _answer(shown: ShownCart) -> Response:
    return Response(cart_answer(shown, wiring.images_url(), GuestCartAnswer))


handler = routes(
    {
        "POST /guest-carts": issue_guest_cart,
        "GET /guest-cart": read_guest_cart,
        "DELETE /guest-cart": clear_guest_cart,
        "PUT /guest-cart/items/{productId}": put_guest_line,
        "DELETE /guest-cart/items/{productId}": remove_guest_line,
    }
)
