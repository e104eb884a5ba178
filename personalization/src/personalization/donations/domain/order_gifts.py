"""Gifts that the shop's orders have paid, and what was given back of them, as the shop's events tell of them.

A row's id is made of the order or refund and the product: an event that comes again makes the same rows.
"""

import hashlib
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Protocol

from personalization.donations.domain.donations import Donation, Frequency, Refund
from shared.errors import Unavailable
from shared.events.domain_events import DomainEvent
from shared.ids import uuid7
from shared.money import Money

_RANDOM_BITS = 74
_REASON = "The order was refunded."


class OrderLedger(Protocol):
    """Rows and totals are written together or not at all. Every method raises Unavailable."""

    def gift(self, user_id: str, donation_id: str) -> Donation | None: ...

    def add_once(self, gift: Donation) -> bool:
        """Whether it was not there yet."""
        ...

    def refund_once(self, refund: Refund, gift: Donation) -> bool:
        """Whether it was not there yet. Raises GiftChangedError if less is left of the gift than is refunded."""
        ...


def record_gifts(paid: DomainEvent, ledger: OrderLedger) -> int:
    """How many gifts of an OrderPaid are new."""
    return sum(ledger.add_once(gift) for gift in _gifts(paid))


def record_refunds(refunded: DomainEvent, ledger: OrderLedger) -> int:
    """How many refunds of an OrderRefunded are new. Raises Unavailable where the gifts have yet to be recorded."""
    order_id, new = refunded.data["orderId"], 0
    for line in refunded.data["lines"]:
        if line["kind"] != "donation":
            continue
        gift = ledger.gift(refunded.user_id, _gift_id(order_id, line["productId"]))
        if gift is None:
            raise Unavailable("The order has not been recorded yet.")
        refund = Refund(
            donation_id=_id_at(refunded.occurred_at, refunded.data["refundId"], line["productId"]),
            user_id=refunded.user_id,
            amount=Money(-line["amount"]["amount"], line["amount"]["currency"]),
            refund_of=gift.donation_id,
            reason=_REASON,
            anonymous=gift.anonymous,
            created_at=refunded.occurred_at,
            order_id=order_id,
        )
        new += ledger.refund_once(refund, gift)
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
