"""Carts in memory, and reads that are done at once."""

from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import replace
from datetime import datetime
from threading import Lock
from typing import Any

from commerce.carts.domain.cart import MAX_LINES, Cart, CartMovedError, CartsMovedError, Line, expiry, in_order


class AtOnce(Executor):
    """Does what is submitted while it is submitted."""

    def submit[**P, T](self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        future: Future[T] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001  for whoever asks for the result
            future.set_exception(error)
        return future


class FakeCarts:
    """Keeps what has expired, as DynamoDB does for a while. `writes` counts what was written."""

    def __init__(self) -> None:
        self.kept: dict[str, Cart] = {}
        self.writes = 0
        self._lock = Lock()

    def find(self, cart_id: str, now: datetime) -> Cart:
        cart = self.kept.get(cart_id)
        return cart if cart and cart.expires_at and cart.expires_at > now.replace(microsecond=0) else Cart(cart_id)

    def find_two(self, first_id: str, second_id: str, now: datetime) -> tuple[Cart, Cart]:
        with self._lock:
            return self.find(first_id, now), self.find(second_id, now)

    def put(self, cart: Cart, line: Line, now: datetime, *, exactly: bool) -> Cart:
        with self._lock:
            known = self.find(cart.cart_id, now)
            others = [other for other in known.lines if other.product_id != line.product_id]
            has_room = len(known.lines) < MAX_LINES or len(others) < len(known.lines)
            as_found = (known.expires_at is None) == (cart.expires_at is None) and not known.merged_into
            if not (has_room and as_found) or (exactly and known.version != cart.version):
                raise CartMovedError(known)
            return self._keep(known, (*others, line), now)

    def remove(self, cart_id: str, product_id: str, now: datetime) -> Cart:
        with self._lock:
            known = self.find(cart_id, now)
            left = tuple(line for line in known.lines if line.product_id != product_id)
            return known if left == known.lines else self._keep(known, left, now)

    def clear(self, cart_id: str, now: datetime) -> Cart:
        with self._lock:
            known = self.find(cart_id, now)
            return self._keep(known, (), now) if known.lines else known

    def merge(self, cart: Cart, lines: tuple[Line, ...], guest: Cart, user_id: str, now: datetime) -> Cart:
        with self._lock:
            known, known_guest = self.find(cart.cart_id, now), self.find(guest.cart_id, now)
            if not _is(known_guest, guest) or (guest.lines and not _is(known, cart)):
                raise CartsMovedError
            merged = self._keep(known, lines, now) if guest.lines else cart
            self._keep(Cart(guest.cart_id), (), now, merged_into=user_id)
            return merged

    def _keep(self, known: Cart, lines: tuple[Line, ...], now: datetime, **changes: Any) -> Cart:
        kept = replace(known, lines=in_order(lines), version=known.version + 1, expires_at=expiry(now), **changes)
        self.kept[known.cart_id] = kept
        self.writes += 1
        return kept


def _is(known: Cart, found: Cart) -> bool:
    return (known.version, known.expires_at) == (found.version, found.expires_at)
