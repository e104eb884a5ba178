"""Facts about a customer, and customers in memory."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import singledispatchmethod

from knowledge_base.customers.domain.recording import (
    EmailChanged,
    Fact,
    Gift,
    GiftChange,
    Imported,
    OrderEnded,
    OrderPlaced,
    OrderRefund,
    Registered,
)
from knowledge_base.customers.domain.records import Customer, Donation, Order, Records
from shared.money import Money

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
ADA = "0197a1b2-0000-7000-8000-000000000001"
BEN = "0197a1b2-0000-7000-8000-000000000002"


class FakeCustomers:
    """Keeps the facts, and adds them up for those who read."""

    def __init__(self) -> None:
        self.facts: list[Fact] = []
        self.erased: set[str] = set()

    def record(self, fact: Fact) -> bool:
        return fact.user_id in self.record_all([fact])

    def record_all(self, facts: Sequence[Fact]) -> frozenset[str]:
        living = [fact for fact in facts if fact.user_id not in self.erased]
        self.facts += living
        return frozenset(fact.user_id for fact in living)

    def erase(self, user_id: str, now: datetime) -> bool:  # noqa: ARG002  as the protocol has it
        self.erased.add(user_id)
        self.facts = [fact for fact in self.facts if fact.user_id != user_id]
        return True

    def find(self, user_id: str, newest: int) -> Records:
        summary = _Summary(user_id)
        for fact in self.facts:
            if fact.user_id == user_id:
                summary.add(fact)
        return summary.records(newest)


class _Summary:
    def __init__(self, user_id: str) -> None:
        self._user_id, self._name, self._email, self._version = user_id, "", "", 0
        self._imported_email = ""
        self._since: datetime | None = None
        self._orders: dict[str, OrderPlaced] = {}
        self._statuses: dict[str, str] = {}
        self._refunds: dict[str, OrderRefund] = {}
        self._gifts: dict[str, Gift] = {}
        self._changes: dict[str, GiftChange] = {}

    @singledispatchmethod
    def add(self, fact: Fact) -> None:
        raise TypeError(type(fact))

    @add.register
    def _(self, fact: Registered) -> None:
        self._name = self._name or fact.name
        if not self._version:
            self._email, self._version = fact.email, 1
        self._note_since(fact.at)

    @add.register
    def _(self, fact: EmailChanged) -> None:
        if fact.version > self._version:
            self._email, self._version = fact.email, fact.version

    @add.register
    def _(self, fact: Imported) -> None:
        self._name = fact.name or self._name
        if not self._version:
            self._email = fact.email or self._email
        self._note_since(fact.since)

    @add.register
    def _(self, fact: OrderPlaced) -> None:
        self._orders.setdefault(fact.order_id, fact)

    @add.register
    def _(self, fact: OrderEnded) -> None:
        self._statuses.setdefault(fact.order_id, fact.status)

    @add.register
    def _(self, fact: OrderRefund) -> None:
        earlier = self._refunds.get(fact.refund_id)
        if earlier is None or fact.failed:
            self._refunds[fact.refund_id] = fact

    @add.register
    def _(self, fact: Gift) -> None:
        self._gifts.setdefault(fact.donation_id, fact)

    @add.register
    def _(self, fact: GiftChange) -> None:
        self._changes.setdefault(fact.change_id, fact)

    def records(self, newest: int) -> Records:
        customer = Customer(self._user_id, self._name, self._email, self._since)
        orders = sorted(map(self._order, self._orders.values()), key=lambda o: (o.placed_at, o.order_id), reverse=True)
        gifts = sorted(
            map(self._gift, self._gifts.values()), key=lambda g: (g.received_at, g.donation_id), reverse=True
        )
        return Records(customer if self._name or self._email else None, tuple(orders[:newest]), tuple(gifts[:newest]))

    def _note_since(self, since: datetime | None) -> None:
        if since and (self._since is None or since < self._since):
            self._since = since

    def _order(self, placed: OrderPlaced) -> Order:
        refunds = [r for r in self._refunds.values() if r.order_id == placed.order_id and not r.failed]
        status = self._statuses.get(placed.order_id, "placed")
        refunded = Money(sum(refund.amount for refund in refunds), placed.total.currency)
        return Order(placed.order_id, placed.number, status, placed.total, refunded, placed.at)

    def _gift(self, gift: Gift) -> Donation:
        changes = [change.amount for change in self._changes.values() if change.donation_id == gift.donation_id]
        refunded = Money(-sum(changes), gift.amount.currency)
        return Donation(gift.donation_id, gift.amount, refunded, gift.frequency, gift.at, gift.order_id)
