"""What events of the other contexts say about customers."""

import json
from dataclasses import replace
from typing import Any

import pytest

from knowledge_base.customers.domain.recording import (
    EmailChanged,
    Gift,
    GiftChange,
    NoDatabase,
    OrderEnded,
    OrderPlaced,
    OrderRefund,
    Registered,
    fact_of,
    record_event,
)
from local.workspace import ROOT
from personalization.donations.domain.donations import Donation, Frequency, Refund
from personalization.donations.domain.ledger_events import event_of
from shared.errors import Unavailable
from shared.events.domain_events import DomainEvent, parse
from shared.json.encoding import encode
from shared.money import Money
from tests.knowledge_base.customers.facts import ADA, NOW, FakeCustomers

ORDER = "0197a1b2-1111-7000-8000-000000000001"
GIFT = Donation(
    donation_id="gift-1",
    user_id=ADA,
    amount=Money(2500, "GBP"),
    frequency=Frequency.MONTHLY,
    anonymous=False,
    created_at=NOW,
    refunded=Money(0, "GBP"),
    order_id=ORDER,
)


def sample(name: str) -> tuple[str, DomainEvent]:
    """One of the events with which other contexts are tested."""
    event = json.loads((ROOT / f"events/{name}.json").read_text())
    return event["detail-type"], parse(event["detail"])


def of_ledger(row: Donation | Refund) -> tuple[str, DomainEvent]:
    """As it arrives here."""
    name, event = event_of(row)
    return name, parse(json.loads(encode(event)))


def refund(kind: Any, amount: int, *, anonymous: bool = False) -> Refund:
    return Refund(
        donation_id="change-1",
        user_id=ADA,
        amount=Money(amount, "GBP"),
        refund_of="gift-1",
        reason="A secret reason.",
        anonymous=anonymous,
        created_at=NOW,
        kind=kind,
    )


def test_sign_up() -> None:
    name, event = sample("personalization/register_supporter")
    assert fact_of(name, event) == Registered(ADA, "Ada Example", "ada@example.org", event.occurred_at)
    nameless = replace(event, data={"email": "ada@example.org"})
    assert fact_of(name, nameless) == Registered(ADA, "", "ada@example.org", event.occurred_at)


def test_changed_address() -> None:
    assert fact_of(*sample("personalization/follow_email")) == EmailChanged(ADA, "ada@example.org", 4)


def test_order() -> None:
    name, event = sample("personalization/record_order_gifts")
    assert fact_of(name, event) == OrderPlaced(ADA, ORDER, "100001", Money(4595, "GBP"), event.occurred_at)
    rest = replace(event, data={"orderId": ORDER, "number": "100001"})
    assert fact_of("OrderFulfilled", rest) == OrderEnded(ADA, ORDER, "100001", "fulfilled")
    assert fact_of("OrderCancelled", rest) == OrderEnded(ADA, ORDER, "100001", "cancelled")


def test_money_back() -> None:
    name, event = sample("personalization/record_order_refunds")
    refunded = OrderRefund(ADA, ORDER, "0197a1b2-2222-7000-8000-000000000002", 1500, failed=False)
    assert fact_of(name, event) == refunded
    assert fact_of("OrderRefundFailed", event) == replace(refunded, failed=True)


def test_gift() -> None:
    assert fact_of(*of_ledger(GIFT)) == Gift(ADA, "gift-1", Money(2500, "GBP"), "monthly", NOW, ORDER)
    assert fact_of(*of_ledger(replace(GIFT, order_id=None))) == Gift(
        ADA, "gift-1", Money(2500, "GBP"), "monthly", NOW, None
    )


@pytest.mark.parametrize(("kind", "amount"), [("refund", -500), ("charge-back", -2500), ("reversal", 500)])
def test_gift_whose_money_went_or_returned(kind: str, amount: int) -> None:
    assert fact_of(*of_ledger(refund(kind, amount))) == GiftChange(ADA, "change-1", "gift-1", amount)


@pytest.mark.parametrize(
    "row",
    [
        replace(GIFT, anonymous=True),
        refund("refund", -500, anonymous=True),
        refund("charge-back", -500, anonymous=True),
        refund("reversal", 500, anonymous=True),
    ],
)
def test_anonymous_gifts_are_not_recorded(row: Donation | Refund) -> None:
    assert fact_of(*of_ledger(row)) is None


def test_other_events_say_nothing() -> None:
    _, event = sample("personalization/register_supporter")
    assert fact_of("UserAccessEnded", event) is None
    with pytest.raises(KeyError):
        fact_of("OrderPaid", event)


def test_what_came_of_an_event() -> None:
    customers = FakeCustomers()
    name, event = sample("personalization/register_supporter")
    assert record_event("UserAccessEnded", event, customers) == "nothing to record"
    assert record_event(name, event, customers) == "recorded"
    customers.erase(ADA, NOW)
    assert record_event(name, event, customers) == "of somebody who was erased"


def test_platforms_without_a_database_have_nothing_to_erase_and_record_nothing() -> None:
    name, event = sample("personalization/register_supporter")
    assert NoDatabase().erase(ADA, NOW)
    with pytest.raises(Unavailable):
        record_event(name, event, NoDatabase())
    with pytest.raises(Unavailable):
        NoDatabase().record_all([])
