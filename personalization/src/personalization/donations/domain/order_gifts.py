"""Gifts that the shop's orders have paid, and what became of their money, as the shop's events tell of it.

A row's id is made of what happened and of the product: an event that comes again makes the same rows. Rows only add up,
so that events of refunds and disputes may come in any order.
"""

import hashlib
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal, Protocol

from personalization.donations.domain.donations import Donation, Frequency, Refund
from shared.errors import Unavailable
from shared.events.domain_events import DomainEvent
from shared.ids import uuid7
from shared.money import Money

_RANDOM_BITS = 74


@dataclass(frozen=True, slots=True)
class _Effect:
    """Of a refund or dispute that got into a status, on the gifts."""

    kind: Literal["refund", "charge-back", "reversal"]
    reason: str

    @property
    def sign(self) -> int:
        return 1 if self.kind == "reversal" else -1


_EFFECTS: Mapping[str, _Effect] = {
    "succeeded": _Effect("refund", "The order was refunded."),
    "failed": _Effect("reversal", "The refund could not be paid out."),
    "open": _Effect("charge-back", "The bank has taken the payment back."),
    "won": _Effect("reversal", "The bank has returned the payment."),
}
"""A lost dispute has none: the bank keeps what it has taken."""


class OrderLedger(Protocol):
    """Rows and totals are written together or not at all. Every method raises Unavailable."""

    def gift(self, user_id: str, donation_id: str) -> Donation | None: ...

    def add_once(self, gift: Donation) -> bool:
        """Whether it was not there yet."""
        ...

    def change_once(self, change: Refund, gift: Donation) -> bool:
        """Whether it was not there yet."""
        ...


def record_gifts(paid: DomainEvent, ledger: OrderLedger) -> int:
    """How many gifts of an OrderPaid are new."""
    return sum(ledger.add_once(gift) for gift in _gifts(paid))


def record_changes(changed: DomainEvent, ledger: OrderLedger) -> int:
    """How many rows of an event of a refund or a dispute are new.

    Raises Unavailable where the gifts have yet to be recorded.
    """
    data = changed.data
    effect, new = _EFFECTS.get(data["status"]), 0
    if effect is None:
        return 0
    for line in data["lines"]:
        if line["kind"] != "donation":
            continue
        gift = ledger.gift(changed.user_id, _gift_id(data["orderId"], line["productId"]))
        if gift is None:
            raise Unavailable("The order has not been recorded yet.")
        cause = data["refundId"] if "refundId" in data else data["disputeId"]
        change = Refund(
            donation_id=_id_at(changed.occurred_at, cause, data["status"], line["productId"]),
            user_id=changed.user_id,
            amount=Money(effect.sign * line["amount"]["amount"], line["amount"]["currency"]),
            refund_of=gift.donation_id,
            reason=effect.reason,
            anonymous=gift.anonymous,
            created_at=changed.occurred_at,
            order_id=data["orderId"],
            kind=effect.kind,
        )
        new += ledger.change_once(change, gift)
    return new


def _gifts(paid: DomainEvent) -> Iterator[Donation]:
    order_id = paid.data["orderId"]
    for line in paid.data["donations"]:
        amount = Money(line["amount"]["amount"], line["amount"]["currency"])
        yield Donation(
            donation_id=_gift_id(order_id, line["productId"]),
            user_id=paid.user_id,
            amount=amount,
            frequency=Frequency.ONE_OFF,
            anonymous=False,
            created_at=paid.occurred_at,
            refunded=Money(0, amount.currency),
            order_id=order_id,
        )


def _gift_id(order_id: str, product_id: str) -> str:
    """Of the order's time, which its id begins with: a refund finds the gift, too."""
    since_1970 = timedelta(milliseconds=uuid.UUID(order_id).int >> 80)
    return _id_at(datetime(1970, 1, 1, tzinfo=UTC) + since_1970, order_id, product_id)


def _id_at(moment: datetime, *parts: str) -> str:
    digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()
    return uuid7(moment, int(digest, 16) >> (256 - _RANDOM_BITS))
