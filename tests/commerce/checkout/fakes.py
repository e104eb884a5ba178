"""Checkouts in memory, and what their functions call."""

from dataclasses import replace
from datetime import datetime

from commerce.checkout.domain.checkout import Checkout, Due
from shared.errors import VersionConflict
from shared.persistence.unit_of_work import UnitOfWork
from tests.shared.persistence.fake_transactions import LOCK, step


class FakeCheckouts:
    def __init__(self, *checkouts: Checkout) -> None:
        self.by_id = {checkout.checkout_id: checkout for checkout in checkouts}
        self.latest = {checkout.user_id: checkout.checkout_id for checkout in checkouts}

    def find(self, checkout_id: str) -> Checkout | None:
        return self.by_id.get(checkout_id)

    def add(self, checkout: Checkout, after: str | None = None) -> None:
        with LOCK:
            if checkout.checkout_id in self.by_id or self.latest.get(checkout.user_id) != after:
                raise VersionConflict("checkout")
            self.by_id[checkout.checkout_id] = checkout
            self.latest[checkout.user_id] = checkout.checkout_id

    def latest_of(self, user_id: str) -> str | None:
        return self.latest.get(user_id)

    def save(self, checkout: Checkout, unit_of_work: UnitOfWork | None = None) -> Checkout:
        saved = replace(checkout, version=checkout.version + 1)

        def is_as_read() -> bool:
            current = self.by_id.get(checkout.checkout_id)
            return current is not None and current.version == checkout.version

        def write() -> None:
            self.by_id[checkout.checkout_id] = saved

        if unit_of_work is not None:
            step("checkout", is_as_read, write)(unit_of_work)
            return saved
        with LOCK:
            if not is_as_read():
                raise VersionConflict("checkout")
            write()
        return saved

    def due(self, now: datetime, limit: int) -> list[Due]:
        due = [
            Due(each.checkout_id, each.due_at, each.doubtful_since, each.overdue_since)
            for each in self.by_id.values()
            if each.due_at is not None and each.due_at <= now
        ]
        return sorted(due, key=lambda each: each.due_at)[:limit]

    def put_off(self, due: Due, until: datetime) -> None:
        with LOCK:
            checkout = self.by_id[due.checkout_id]
            if checkout.due_at == due.due_at:
                self.by_id[due.checkout_id] = replace(checkout, due_at=until, overdue_since=due.since)
