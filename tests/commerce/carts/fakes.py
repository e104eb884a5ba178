"""Carts in memory, and reads that are done at once."""

from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import replace
from datetime import datetime
from threading import Lock
from typing import Any

from commerce.carts.domain.cart import CART, MAX_LINES, Cart, CartConflict, Line, expiry, in_order
from shared.errors import VersionConflict
from shared.money import Money
from shared.persistence.unit_of_work import UnitOfWork
from tests.shared.persistence.fake_transactions import step


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
            current = self.find(cart.cart_id, now)
            others = [other for other in current.lines if other.product_id != line.product_id]
            has_room = len(current.lines) < MAX_LINES or len(others) < len(current.lines)
            as_found = (current.expires_at is None) == (cart.expires_at is None) and not current.merged_into
            kept = (seen := cart.line(line.product_id)) is not None and seen.own_price == line.own_price
            moved = kept and _own_price(current, line) != line.own_price
            if not (has_room and as_found) or moved or (exactly and current.version != cart.version):
                raise CartConflict(current)
            return self._keep(current, (*others, line), now)

    def remove(self, cart_id: str, product_id: str, now: datetime) -> Cart:
        with self._lock:
            current = self.find(cart_id, now)
            left = tuple(line for line in current.lines if line.product_id != product_id)
            return current if left == current.lines else self._keep(current, left, now)

    def clear(self, cart_id: str, now: datetime) -> Cart:
        with self._lock:
            current = self.find(cart_id, now)
            return self._keep(current, (), now) if current.lines else current

    def merge(self, cart: Cart, lines: tuple[Line, ...], guest: Cart, user_id: str, now: datetime) -> Cart:
        with self._lock:
            current, current_guest = self.find(cart.cart_id, now), self.find(guest.cart_id, now)
            if not _is(current_guest, guest) or (guest.lines and not _is(current, cart)):
                raise VersionConflict
            merged = self._keep(current, lines, now) if guest.lines else cart
            self._keep(Cart(guest.cart_id), (), now, merged_into=user_id)
            return merged

    def keep(self, cart: Cart, lines: tuple[Line, ...], now: datetime, unit_of_work: UnitOfWork) -> None:
        def is_as_read() -> bool:
            return _is(self.find(cart.cart_id, now), cart)

        step(CART, is_as_read, lambda: self._keep(cart, lines, now))(unit_of_work)

    def _keep(self, current: Cart, lines: tuple[Line, ...], now: datetime, **changes: Any) -> Cart:
        kept = replace(current, lines=in_order(lines), version=current.version + 1, expires_at=expiry(now), **changes)
        self.kept[current.cart_id] = kept
        self.writes += 1
        return kept


def _is(current: Cart, found: Cart) -> bool:
    return (current.version, current.expires_at) == (found.version, found.expires_at)


def _own_price(cart: Cart, line: Line) -> Money | None:
    there = cart.line(line.product_id)
    return there.own_price if there else None
