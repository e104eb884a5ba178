"""The cart of a guest, who has its signed id: POST /guest-carts, and /guest-cart as /cart is"""

from datetime import UTC, datetime
from http import HTTPStatus

from commerce.carts import wiring
from commerce.carts.answers import GuestCartAnswer, IssuedGuestCart
from commerce.carts.cart_service import CartDoor
from commerce.carts.domain.cart import expiry
from shared.errors import FieldError, Malformed
from shared.http.routes import Request, Response, routes

_HEADER = "X-Cart-Id"


def _cart_of(request: Request) -> str:
    """Raises Malformed; NotFound."""
    text = request.header(_HEADER)
    if text is None:
        raise Malformed(f"The header {_HEADER} is required.", [FieldError(_HEADER, "is required")])
    return wiring.guest_cart_ids().read(text)


_door = CartDoor(_cart_of, GuestCartAnswer)


def issue_guest_cart(_: Request) -> Response:
    """Everybody gets a cart's signed id; it is kept from the first line on."""
    now = datetime.now(UTC)
    return Response(IssuedGuestCart(wiring.guest_cart_ids().issue(now), expiry(now)), HTTPStatus.CREATED)


def read_guest_cart(request: Request) -> Response:
    """Guests look into their cart, as users do; 404 for an id that is not ours, 409 once it is a user's."""
    return _door.look(request)


def clear_guest_cart(request: Request) -> Response:
    """Guests empty their cart; 404 for an id that is not ours, 409 once it is a user's."""
    return _door.clear(request)


def put_guest_line(request: Request) -> Response:
    """Guests say how many of a product they want, as users do; 404, 409 also once the cart is a user's."""
    return _door.put(request)


def remove_guest_line(request: Request) -> Response:
    """Guests take a product out of their cart; 404 for an id that is not ours, 409 once it is a user's."""
    return _door.remove(request)


handler = routes(
    {
        "POST /guest-carts": issue_guest_cart,
        "GET /guest-cart": read_guest_cart,
        "DELETE /guest-cart": clear_guest_cart,
        "PUT /guest-cart/items/{productId}": put_guest_line,
        "DELETE /guest-cart/items/{productId}": remove_guest_line,
    }
)
