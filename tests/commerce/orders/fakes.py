"""Orders, and what else making and changing them writes, in memory."""

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from commerce.orders.domain.order import Order
from commerce.orders.domain.orders import ORDER, Listing, Page
from commerce.payments.domain.ledger import Entry
from shared.ids import uuid7
from shared.persistence.unit_of_work import UnitOfWork
from tests.commerce.payments.fakes import FakeLedger as KeptLedger
from tests.shared.persistence.fake_transactions import step


class FakeOrders:
    def __init__(self, *orders: Order) -> None:
        self.by_id = {order.order_id: order for order in orders}
        self.versions = list[Order]()
        """As they were written."""

    def find(self, order_id: str) -> Order | None:
        return self.by_id.get(order_id)

    def find_by_number(self, number: str) -> Order | None:
        return next((order for order in self.by_id.values() if order.number == number), None)

    def find_by_payment(self, payment_id: str) -> Order | None:
        return next((order for order in self.by_id.values() if order.payment_id == payment_id), None)

    def of_user(self, user_id: str, listing: Listing, after: str | None, limit: int) -> Page:
        found = self._page(lambda order: order.user_id == user_id, replace(listing, status=None), after, limit)
        return Page(tuple(order for order in found.items if listing.status in {None, order.status}), found.after)

    def listed(self, listing: Listing, after: str | None, limit: int) -> Page:
        return self._page(lambda _: True, listing, after, limit)

    def add(self, order: Order, unit_of_work: UnitOfWork) -> None:
        self._write(order, lambda current: current is None, unit_of_work)

    def save(self, order: Order, unit_of_work: UnitOfWork) -> Order:
        saved = replace(order, version=order.version + 1)
        self._write(saved, lambda current: current is not None and current.version == order.version, unit_of_work)
        return saved

    def _write(self, order: Order, holds: Callable[[Order | None], bool], unit_of_work: UnitOfWork) -> None:
        def write() -> None:
            self.by_id[order.order_id] = order
            self.versions.append(order)

        step(ORDER, lambda: holds(self.by_id.get(order.order_id)), write)(unit_of_work)

    def _page(self, wanted: Callable[[Order], bool], listing: Listing, after: str | None, limit: int) -> Page:
        low = uuid7(listing.since, 0) if listing.since else ""
        high = uuid7(listing.until, 0) if listing.until else "g"
        found = [
            order
            for order_id, order in sorted(self.by_id.items(), reverse=True)
            if wanted(order)
            and low <= order_id < high
            and (after is None or order_id < after)
            and listing.status in {None, order.status}
        ]
        return Page(tuple(found[:limit]), found[limit - 1].order_id if len(found) > limit else None)


@dataclass
class FakeLedger(KeptLedger):
    """`entries` are as they were recorded, one perhaps several times."""

    entries: list[Entry] = field(default_factory=list)

    def record(self, entry: Entry, at: datetime, unit_of_work: UnitOfWork) -> None:
        super().record(entry, at, unit_of_work)
        step(f"ledger:{entry.entry_id}", lambda: True, lambda: self.entries.append(entry))(unit_of_work)

    def record_once(self, entry: Entry, at: datetime) -> bool:
        is_new = super().record_once(entry, at)
        if is_new:
            self.entries.append(entry)
        return is_new


@dataclass
class FakeCounters:
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def next(self, counter: str) -> int:
        assert counter == ORDER
        return next(self._numbers)


@dataclass
class FakeWaiting:
    reported: list[tuple[str, str]] = field(default_factory=list)

    def resume(self, task_token: str, output: Mapping[str, str]) -> bool:
        self.reported.append((task_token, output["orderId"]))
        return True
