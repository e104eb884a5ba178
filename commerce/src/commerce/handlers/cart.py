"""The cart of a user: GET, DELETE /cart, PUT, DELETE /cart/items/{productId}, POST /cart/merges"""

from datetime import UTC, datetime

from commerce import wiring
from commerce.cart_answers import CartAnswer, cart_answer
from commerce.cart_requests import MergeCart, PutLine
from commerce.domain.carts.cart import cart_of_user
from commerce.domain.carts.showing import ShownCart
from shared.bodies import checked
from shared.http import Request, Response, routes

_MAX_BODY_BYTES = 4 * 1024


def read_cart(request: Request) -> Response:
    """Users look into their cart: at today's prices, and with what has changed since they put a line there."""
    return _answer(wiring.shopping().look(_cart_of(request), datetime.now(UTC)))


def clear_cart(request: Request) -> Response:
    """Users empty their cart; of an empty one, nothing changes."""
    return _answer(wiring.shopping().clear(_cart_of(request), datetime.now(UTC)))


def put_line(request: Request) -> Response:
    """Users say how many of a product they want, 1 to 99; 404, 409 for what cannot be bought or has changed."""
    cart_id, product_id = _cart_of(request), request.path_id("productId")
    asked, now = checked(PutLine, request.json(_MAX_BODY_BYTES)), datetime.now(UTC)
    return _answer(wiring.shopping().put(cart_id, product_id, asked.quantity, asked.version, now))


def remove_line(request: Request) -> Response:
    """Users take a product out of their cart; where it is not in it, nothing changes."""
    cart_id, product_id = _cart_of(request), request.path_id("productId")
    return _answer(wiring.shopping().remove(cart_id, product_id, datetime.now(UTC)))


def merge_cart(request: Request) -> Response:
    """Users make a guest's cart part of theirs; once, however often they ask. 404, 409 where it is another user's."""
    user_id, asked = request.caller.user_id, checked(MergeCart, request.json(_MAX_BODY_BYTES))
    guest_cart_id = wiring.guest_cart_ids().read(asked.cart_id)
    return _answer(wiring.shopping().merge(user_id, guest_cart_id, datetime.now(UTC)))


def _cart_of(request: Request) -> str:
    return cart_of_user(request.caller.user_id)


def _answer(shown: ShownCart) -> Response:
    return Response(cart_answer(shown, wiring.images_url(), CartAnswer))


handler = routes(
    {
        "GET /cart": read_cart,
        "DELETE /cart": clear_cart,
        "PUT /cart/items/{productId}": put_line,
        "DELETE /cart/items/{productId}": remove_line,
        "POST /cart/merges": merge_cart,
    }
)
