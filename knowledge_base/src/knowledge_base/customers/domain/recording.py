"""What is recorded of customers: facts, of which each says one thing once.

They add up to the same whatever their order is, and however often they come: so events may be repeated and late, and a
write whose outcome is unknown is made again. Nothing is recorded of somebody who was erased.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from shared.errors import Unavailable
from shared.events.domain_events import DomainEvent
from shared.money import Money
from shared.text.names import registered_name


@dataclass(frozen=True, slots=True)
class Registered:
    """Somebody signed up. A name or an address that is there already stays: it is of a later day."""

    user_id: str
    name: str
    email: str
    at: datetime


@dataclass(frozen=True, slots=True)
class EmailChanged:
    """`version` counts the changes of a user's record, from 2: the address of the highest one counts."""

    user_id: str
    email: str
    version: int


@dataclass(frozen=True, slots=True)
class Imported:
    """What another system has of somebody. Its name counts; its address does as long as no event has had one."""

    user_id: str
    name: str
    email: str
    since: datetime | None


@dataclass(frozen=True, slots=True)
class OrderPlaced:
    user_id: str
    order_id: str
    number: str
    total: Money
    at: datetime


@dataclass(frozen=True, slots=True)
class OrderEnded:
    """`status` is fulfilled or cancelled, for good."""

    user_id: str
    order_id: str
    number: str
    status: str


@dataclass(frozen=True, slots=True)
class OrderRefund:
    """Money that was given back, or was to be: what has `failed` stays so."""

    user_id: str
    order_id: str
    refund_id: str
    amount: int
    failed: bool


@dataclass(frozen=True, slots=True)
class Gift:
    user_id: str
    donation_id: str
    amount: Money
    frequency: str
    at: datetime
    order_id: str | None


@dataclass(frozen=True, slots=True)
class GiftChange:
    """`amount` is negative where money was given or taken back, and positive where it returned."""

    user_id: str
    change_id: str
    donation_id: str
    amount: int


type Fact = Registered | EmailChanged | Imported | OrderPlaced | OrderEnded | OrderRefund | Gift | GiftChange


class CustomerFacts(Protocol):
    """Every method raises Unavailable: then it may or may not have been done, and may be done again."""

    def record(self, fact: Fact) -> bool:
        """Whether the fact was recorded, now or before: False for somebody who was erased."""
        ...

    def record_all(self, facts: Sequence[Fact]) -> frozenset[str]:
        """All of them or none; whose they are, without those who were erased."""
        ...

    def erase(self, user_id: str, now: datetime) -> bool:
        """Delete what there is, and keep that nothing may come any more. True."""
        ...


class NoDatabase:
    """CustomerFacts of a platform without one."""

    def record(self, fact: Fact) -> bool:  # noqa: ARG002  as the protocol has it
        raise _no_database()

    def record_all(self, facts: Sequence[Fact]) -> frozenset[str]:  # noqa: ARG002  likewise
        raise _no_database()

    def erase(self, user_id: str, now: datetime) -> bool:  # noqa: ARG002  likewise
        return True


def _no_database() -> Unavailable:
    return Unavailable("This platform has no database of customers.", retry_after_seconds=3600)


def fact_of(name: str, event: DomainEvent) -> Fact | None:
    """What an event says about a customer; None if nothing. Raises KeyError for an event that is not of this name.

    Anonymous gifts are not recorded: staff may not learn who gave them.
    """
    data = event.data
    match name:
        case "UserRegistered":
            return Registered(event.user_id, registered_name(data.get("name")), data["email"], event.occurred_at)
        case "UserEmailChanged":
            return EmailChanged(event.user_id, data["email"], data["version"])
        case "OrderPaid":
            total = _money(data["totals"]["total"])
            return OrderPlaced(event.user_id, data["orderId"], data["number"], total, event.occurred_at)
        case "OrderFulfilled" | "OrderCancelled":
            status = name.removeprefix("Order").lower()
            return OrderEnded(event.user_id, data["orderId"], data["number"], status)
        case "OrderRefunded" | "OrderRefundFailed":
            failed = name == "OrderRefundFailed"
            return OrderRefund(event.user_id, data["orderId"], data["refundId"], data["amount"]["amount"], failed)
        case "DonationReceived" if not data["anonymous"]:
            amount = _money(data["amount"])
            return Gift(event.user_id, event.id, amount, data["frequency"], event.occurred_at, data.get("orderId"))
        case "DonationRefunded" | "DonationChargedBack" | "DonationRestored" if not data["anonymous"]:
            return GiftChange(event.user_id, event.id, data["refundOf"], data["amount"]["amount"])
    return None


def record_event(name: str, event: DomainEvent, facts: CustomerFacts) -> str:
    """What came of an event, for the log. May be repeated. Raises Unavailable."""
    fact = fact_of(name, event)
    if fact is None:
        return "nothing to record"
    return "recorded" if facts.record(fact) else "of somebody who was erased"


def _money(value: Mapping[str, Any]) -> Money:
    return Money(value["amount"], value["currency"])
