"""The cart of a user: GET, DELETE /cart, PUT, DELETE /cart/items/{productId}, POST /cart/merges"""

from datetime import UTC, datetime

from commerce.carts import wiring
from commerce.carts.answers import CartAnswer
from commerce.carts.cart_service import MAX_BODY_BYTES, CartDoor
from commerce.carts.domain.cart import cart_of_user
from commerce.carts.requests import MergeCart
from shared.http.bodies import checked
from shared.http.routes import Request, Response, routes

_door = CartDoor(lambda request: cart_of_user(request.caller.user_id), CartAnswer)


def read_cart(request: Request) -> Response:
    """Users look into their cart: at today's prices, and with what has changed since they put a line there."""
    return _door.look(request)


def clear_cart(request: Request) -> Response:
    """Users empty their cart; of an empty one, nothing changes."""
    return _door.clear(request)


def put_line(request: Request) -> Response:
    """Users say how many of a product they want, 1 to 99; 404, 409 for what cannot be bought or has changed."""
    return _door.put(request)


def remove_line(request: Request) -> Response:
    """Users take a product out of their cart; where it is not in it, nothing changes."""
    return _door.remove(request)


def merge_cart(request: Request) -> Response:
    """Users make a guest's cart part of theirs; once, however often they ask. 404, 409 where it is another user's."""
    user_id, asked = request.caller.user_id, checked(MergeCart, request.json(MAX_BODY_BYTES))
    guest_cart_id = wiring.guest_cart_ids().read(asked.cart_id)
    return _door.answer(wiring.shopping().merge(user_id, guest_cart_id, datetime.now(UTC)))


handler = routes(
    {
        "GET /cart": read_cart,
        "DELETE /cart": clear_cart,
        "PUT /cart/items/{productId}": put_line,
        "DELETE /cart/items/{productId}": remove_line,
        "POST /cart/merges": merge_cart,
    }
)
