"""What users and guests do with a cart alike; who has which cart is all that differs."""

from collections.abc import Callable
from datetime import UTC, datetime

from commerce.carts import wiring
from commerce.carts.answers import CartAnswer, cart_answer
from commerce.carts.domain.showing import ShownCart
from commerce.carts.requests import PutLine
from shared.http.bodies import checked
from shared.http.routes import Request, Response

MAX_BODY_BYTES = 4 * 1024


class CartDoor:
    """`cart_of` is the id of the cart that a request is about; `shape` the answer's."""

    def __init__(self, cart_of: Callable[[Request], str], shape: type[CartAnswer]) -> None:
        self._cart_of, self._shape = cart_of, shape

    def look(self, request: Request) -> Response:
        return self.answer(wiring.shopping().look(self._cart_of(request), datetime.now(UTC)))

    def clear(self, request: Request) -> Response:
        return self.answer(wiring.shopping().clear(self._cart_of(request), datetime.now(UTC)))

    def put(self, request: Request) -> Response:
        cart_id, product_id = self._cart_of(request), request.path_id("productId")
        asked, now = checked(PutLine, request.json(MAX_BODY_BYTES)), datetime.now(UTC)
        return self.answer(wiring.shopping().put(cart_id, product_id, asked.quantity, asked.version, now))

    def remove(self, request: Request) -> Response:
        cart_id, product_id = self._cart_of(request), request.path_id("productId")
        return self.answer(wiring.shopping().remove(cart_id, product_id, datetime.now(UTC)))

    def answer(self, shown: ShownCart) -> Response:
        return Response(cart_answer(shown, wiring.images_url(), self._shape))
