"""Filling a cart, emptying it, and looking into it."""

import random
import time
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from commerce.carts.domain.cart import Cart, CartMovedError, Carts, CartsMovedError, Line, cart_of_user, line_of
from commerce.carts.domain.merging import together
from commerce.carts.domain.showing import ShownCart, shown
from commerce.catalogue.domain.products import Product
from shared.errors import Conflict, Unavailable
from shared.resilience.backoff import Backoff

if TYPE_CHECKING:
    from concurrent.futures import Executor

_ATTEMPTS_TO_PUT, _ATTEMPTS_TO_MERGE = 5, 8


class Products(Protocol):
    def find_many(self, product_ids: list[str]) -> dict[str, Product]:
        """Those that there are, by id, in one round trip for a hundred."""
        ...


class Shopping:
    """`reads` does what one round asks for at the same time."""

    def __init__(
        self,
        carts: Carts,
        products: Products,
        currency: str,
        reads: "Executor",
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self._carts, self._products, self._currency, self._reads = carts, products, currency, reads
        self._sleep, self._jitter = sleep, jitter

    def look(self, cart_id: str, now: datetime) -> ShownCart:
        """Two rounds: the cart, then its products. Raises Conflict where the cart is closed."""
        return self._shown(self._carts.find(cart_id, now))

    def put(self, cart_id: str, product_id: str, quantity: int, seen_version: int | None, now: datetime) -> ShownCart:
        """Have so many of a product in the cart: two rounds, of which the second writes.

        Raises NotFound; Conflict for what cannot be bought, and for a cart that is closed, full, or has another
        version than the one that was seen.
        """
        asked = self._reads.submit(self._products.find_many, [product_id])
        cart = self._carts.find(cart_id, now)
        cart.require_open()
        products = asked.result()
        line = line_of(products.get(product_id), quantity, self._currency, now)
        others = [other.product_id for other in cart.lines if other.product_id != product_id]
        asked = self._reads.submit(self._found, others)
        cart = self._put(cart, line, seen_version, now)
        return self._shown(cart, products | asked.result(), {product_id, *others})

    def remove(self, cart_id: str, product_id: str, now: datetime) -> ShownCart:
        """Two rounds: the write, then the products that are left. Raises Conflict where the cart is closed."""
        return self._shown(self._carts.remove(cart_id, product_id, now))

    def clear(self, cart_id: str, now: datetime) -> ShownCart:
        """One round. Raises Conflict where the cart is closed."""
        return self._shown(self._carts.clear(cart_id, now))

    def merge(self, user_id: str, guest_cart_id: str, now: datetime) -> ShownCart:
        """Make a guest's cart part of the user's, once: again, by the same user, it changes nothing. Two rounds.

        Raises Conflict where it is another user's by now, or both together are too many lines; Unavailable where others
        kept changing the carts.
        """
        backoff = Backoff(0.05, 0.8, self._sleep, self._jitter)
        for _ in range(_ATTEMPTS_TO_MERGE):
            cart, guest = self._carts.find_two(cart_of_user(user_id), guest_cart_id, now)
            if guest.merged_into == user_id:
                return self._shown(cart)
            if guest.merged_into:
                raise Conflict("This cart has become part of another user's cart.")
            lines = together(cart.lines, guest.lines)
            product_ids = [line.product_id for line in lines]
            asked = self._reads.submit(self._found, product_ids)
            try:
                cart = self._carts.merge(cart, lines, guest, user_id, now)
            except CartsMovedError:
                backoff.pause()
                continue
            return self._shown(cart, asked.result(), product_ids)
        raise Unavailable("The carts are being changed; nothing was merged, try again.", retry_after_seconds=2)

    def _put(self, cart: Cart, line: Line, seen_version: int | None, now: datetime) -> Cart:
        for _ in range(_ATTEMPTS_TO_PUT):
            wanted = cart.with_line(line, seen_version)
            if wanted is cart:
                return cart
            try:
                put = wanted.line(line.product_id) or line
                return self._carts.put(cart, put, now, exactly=seen_version is not None)
            except CartMovedError as moved:
                cart = moved.cart
        raise Unavailable("Others are changing this cart; nothing was changed, try again.")

    def _found(self, product_ids: list[str]) -> dict[str, Product]:
        return self._products.find_many(product_ids) if product_ids else {}

    def _shown(
        self, cart: Cart, products: Mapping[str, Product] | None = None, looked_for: Collection[str] = ()
    ) -> ShownCart:
        """Of its products, only those are read that nobody has looked for: what others put there in the meantime."""
        cart.require_open()
        unknown = [line.product_id for line in cart.lines if line.product_id not in looked_for]
        return shown(cart, {**(products or {}), **self._found(unknown)}, self._currency)
