"""Reading and changing carts."""

import random
import time
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from commerce.carts.domain.cart import Cart, CartConflict, Carts, Line, cart_of_user, line_of
from commerce.carts.domain.merging import merge_lines
from commerce.carts.domain.showing import ShownCart, shown
from commerce.catalogue.domain.products import Product
from shared.errors import Conflict, Unavailable, VersionConflict
from shared.resilience.backoff import Backoff

if TYPE_CHECKING:
    from concurrent.futures import Executor

_ATTEMPTS_TO_PUT, _ATTEMPTS_TO_MERGE = 5, 8


class Products(Protocol):
    def find_many(self, product_ids: list[str]) -> dict[str, Product]:
        """By id, without those that do not exist; a round trip per hundred."""
        ...


class CartService:
    """`reads` runs reads of the same round concurrently."""

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

    def read(self, cart_id: str, now: datetime) -> ShownCart:
        """Two rounds: the cart, then its products. Raises Conflict if the cart is closed."""
        return self._shown(self._carts.find(cart_id, now))

    def put(
        self,
        cart_id: str,
        product_id: str,
        quantity: int,
        seen_version: int | None,
        now: datetime,
        own_amount: int | None = None,
    ) -> ShownCart:
        """Set the quantity of a product, and what is given for one of a donation item. Two rounds; the second writes.

        Raises NotFound; Conflict if the product is not on sale, or the cart is closed, full or not at `seen_version`;
        Invalid for an amount that is too small, or for goods.
        """
        reading = self._reads.submit(self._products.find_many, [product_id])
        cart = self._carts.find(cart_id, now)
        cart.require_open()
        products = reading.result()
        line = line_of(products.get(product_id), quantity, self._currency, now, own_amount)
        others = [other.product_id for other in cart.lines if other.product_id != product_id]
        reading = self._reads.submit(self._found, others)
        cart = self._put(cart, line, seen_version, now)
        return self._shown(cart, products | reading.result(), {product_id, *others})

    def remove(self, cart_id: str, product_id: str, now: datetime) -> ShownCart:
        """Two rounds: the write, then the remaining products. Raises Conflict if the cart is closed."""
        return self._shown(self._carts.remove(cart_id, product_id, now))

    def clear(self, cart_id: str, now: datetime) -> ShownCart:
        """One round. Raises Conflict if the cart is closed."""
        return self._shown(self._carts.clear(cart_id, now))

    def merge(self, user_id: str, guest_cart_id: str, now: datetime) -> ShownCart:
        """Merge a guest's cart into the user's. Two rounds; repeated by the same user, it changes nothing.

        Raises Conflict if it was merged into another user's cart, or both have too many lines; Unavailable if the carts
        keep changing.
        """
        backoff = Backoff(0.05, 0.8, self._sleep, self._jitter)
        for _ in range(_ATTEMPTS_TO_MERGE):
            cart, guest = self._carts.find_two(cart_of_user(user_id), guest_cart_id, now)
            if guest.merged_into == user_id:
                return self._shown(cart)
            if guest.merged_into:
                raise Conflict("This cart was merged into another user's cart.")
            lines = merge_lines(cart.lines, guest.lines)
            product_ids = [line.product_id for line in lines]
            reading = self._reads.submit(self._found, product_ids)
            try:
                cart = self._carts.merge(cart, lines, guest, user_id, now)
            except VersionConflict:
                backoff.pause()
                continue
            return self._shown(cart, reading.result(), product_ids)
        raise Unavailable("The carts are being changed, and nothing was merged: try again.", retry_after_seconds=2)

    def _put(self, cart: Cart, line: Line, seen_version: int | None, now: datetime) -> Cart:
        for _ in range(_ATTEMPTS_TO_PUT):
            changed = cart.with_line(line, seen_version)
            if changed is cart:
                return cart
            try:
                put = changed.line(line.product_id) or line
                return self._carts.put(cart, put, now, exactly=seen_version is not None)
            except CartConflict as moved:
                cart = moved.cart
        raise Unavailable("The cart is being changed, and this change was not made: try again.")

    def _found(self, product_ids: list[str]) -> dict[str, Product]:
        return self._products.find_many(product_ids) if product_ids else {}

    def _shown(
        self, cart: Cart, products: Mapping[str, Product] | None = None, read: Collection[str] = ()
    ) -> ShownCart:
        """Reads the products that were not `read` yet: lines that were added concurrently."""
        cart.require_open()
        unknown = [line.product_id for line in cart.lines if line.product_id not in read]
        return shown(cart, {**(products or {}), **self._found(unknown)}, self._currency)
