"""The cart of a user: GET, DELETE /cart, PUT, DELETE /cart/items/{productId}, POST /cart/merges"""

from datetime import UTC, datetime

from commerce.carts import wiring
from commerce.carts.answers import CartAnswer, cart_answer
from commerce.carts.domain.cart import cart_of_user
from commerce.carts.domain.showing import ShownCart
from commerce.carts.requests import MergeCart, PutLine
from shared.errors import Conflict, NotFound
from shared.http.api import Api
from shared.http.request import Request

app = Api(prime=(wiring.cart_service, wiring.guest_cart_ids, wiring.images_url))


@app.route("GET /cart", answers={200: CartAnswer})
def read_cart(request: Request) -> CartAnswer:
    """Users read their cart, at current prices, with what has changed since each line was set."""
    return _answer(wiring.cart_service().read(cart_of_user(request.caller.user_id), datetime.now(UTC)))


@app.route("DELETE /cart", answers={200: CartAnswer})
def clear_cart(request: Request) -> CartAnswer:
    """Users clear their cart. Idempotent."""
    return _answer(wiring.cart_service().clear(cart_of_user(request.caller.user_id), datetime.now(UTC)))


@app.route("PUT /cart/items/{productId}", body=PutLine, answers={200: CartAnswer}, raises=[Conflict])
def put_line(request: Request[PutLine]) -> CartAnswer:
    """Users set the quantity of a product on sale, 1 to 99."""
    line, now = (cart_of_user(request.caller.user_id), request.path("productId")), datetime.now(UTC)
    body = request.body
    return _answer(wiring.cart_service().put(*line, body.quantity, body.version, now, body.amount))


@app.route("DELETE /cart/items/{productId}", answers={200: CartAnswer})
def remove_line(request: Request) -> CartAnswer:
    """Users remove a product from their cart. Idempotent."""
    line = cart_of_user(request.caller.user_id), request.path("productId")
    return _answer(wiring.cart_service().remove(*line, datetime.now(UTC)))


@app.route("POST /cart/merges", body=MergeCart, answers={200: CartAnswer}, raises=[NotFound, Conflict])
def merge_cart(request: Request[MergeCart]) -> CartAnswer:
    """Users merge a guest's cart into theirs, unless another user has. Idempotent."""
    guest_cart_id = wiring.guest_cart_ids().read(request.body.cart_id)
    return _answer(wiring.cart_service().merge(request.caller.user_id, guest_cart_id, datetime.now(UTC)))


def _answer(shown: ShownCart) -> CartAnswer:
    return cart_answer(shown, wiring.images_url())


handler = app
