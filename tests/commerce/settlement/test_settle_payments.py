"""What the provider reports: in any order, any number of times."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from commerce.payments.domain.events import PaymentEvent
from commerce.payments.domain.provider import Payment
from commerce.settlement import wiring
from commerce.settlement.domain.following import Following
from commerce.settlement.domain.settling import Settler
from commerce.settlement.handlers import settle_payments
from commerce.settlement.handlers.settle_payments import handler
from shared.resilience.deadline import time_for
from tests.commerce.checkout.steps import bought
from tests.commerce.checkout.till import Till
from tests.commerce.orders.shop import Shop, of_amount
from tests.commerce.settlement.fakes import FakeSettledEvents
from tests.shared.lambda_context import CONTEXT


@pytest.fixture
def events(till: Till, monkeypatch: pytest.MonkeyPatch) -> FakeSettledEvents:
    monkeypatch.setattr(wiring, "checkout_payments", lambda: till.payments)
    monkeypatch.setattr(wiring, "settler", lambda: till.settler)
    return till.settled_events


def settle(*messages: Mapping[str, Any]) -> list[str]:
    """Which of them come again."""
    records = [{"messageId": str(number), "body": json.dumps(each)} for number, each in enumerate(messages)]
    answer = handler({"Records": [record | {"eventSource": "aws:sqs"} for record in records]}, CONTEXT)
    return [str(failure["itemIdentifier"]) for failure in answer["batchItemFailures"]]


def of_payment(payment_id: str | None, kind: str, event_id: str = "evt_1") -> Mapping[str, Any]:
    event = PaymentEvent(event_id=event_id, kind=kind, object_id="it", created=1, payment_id=payment_id)
    return event.message()


def about(payment_id: str | None, event_id: str = "evt_1", kind: str = "payment_intent.succeeded") -> Mapping[str, Any]:
    return PaymentEvent(event_id=event_id, kind=kind, object_id=payment_id or "", created=1).message()


def test_event_of_a_payment_moves_its_checkout(till: Till, events: FakeSettledEvents) -> None:
    checkout = bought(till, steps=4, means="pm_card_threeDSecure2Required")
    till.ports.bank.authenticate(checkout.payment_id or "", passed=True)

    assert settle(about(checkout.payment_id), about(checkout.payment_id)) == []

    assert till.saga.found(checkout.checkout_id).status == "paid"
    assert events.ids == {"evt_1"}


def test_what_is_not_begun_in_time_comes_again(
    till: Till, events: FakeSettledEvents, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise all of them would be cut off, and worked on again, as long as the provider is slow."""
    checkout = bought(till, steps=4, means="pm_card_threeDSecure2Required")
    monkeypatch.setattr(settle_payments, "_WORK_SECONDS", 0)

    assert settle(about(checkout.payment_id), about(checkout.payment_id)) == ["0", "1"]
    assert events.ids == set()


def test_provider_is_not_waited_for_any_longer_than_that(
    till: Till, events: FakeSettledEvents, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkout, left = bought(till, steps=4), list[float]()

    def find(payment_id: str) -> Payment:
        left.append(time_for(3600))
        found: Payment = till.ports.provider.payments[payment_id]
        return found

    monkeypatch.setattr(till.ports.provider, "find", find)

    assert settle(about(checkout.payment_id)) == []
    assert 0 < left[0] <= 50
    assert events.ids == {"evt_1"}


def test_event_that_could_not_be_worked_on_comes_again(till: Till, events: FakeSettledEvents) -> None:
    checkout = bought(till, steps=4, means="pm_card_threeDSecure2Required")
    till.ports.provider.before["find"] = 1

    assert settle(about(checkout.payment_id)) == ["0"]
    assert events.ids == set()
    assert settle(about(checkout.payment_id)) == []


@pytest.mark.usefixtures("till")
def test_what_is_not_the_shops_is_left_alone(events: FakeSettledEvents) -> None:
    assert settle(about("pi_of_somebody_else"), about("re_1", kind="invoice.paid")) == []
    assert events.ids == set()


@pytest.mark.usefixtures("events")
def test_checkout_that_was_cancelled_ends(till: Till) -> None:
    checkout = bought(till, steps=3)
    till.cancel(checkout.checkout_id)

    assert settle({"checkoutId": checkout.checkout_id}) == []
    assert till.saga.found(checkout.checkout_id).status == "cancelled"


@pytest.mark.usefixtures("events")
def test_payment_of_a_checkout_that_has_ended_is_given_back(till: Till) -> None:
    """It cannot happen while the provider keeps its word; if it does, nobody pays for nothing."""
    checkout = bought(till, steps=3)
    payment_id = checkout.payment_id or ""
    till.cancel(checkout.checkout_id)
    settle({"checkoutId": checkout.checkout_id})
    till.ports.provider.pay_anyway(payment_id)

    assert settle(about(payment_id)) == []
    assert settle(about(payment_id, "evt_2")) == []

    assert till.saga.found(checkout.checkout_id).status == "refunded"
    till.come_to_rest()
    till.require_sound()


def test_events_are_tried_again_while_the_store_is_out_of_reach(till: Till, events: FakeSettledEvents) -> None:
    checkout = bought(till, steps=4)

    events.is_out_of_reach = True
    assert settle(about(checkout.payment_id)) == ["0"]


@pytest.fixture
def shop(till: Till, events: FakeSettledEvents, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """With one order that was paid."""
    shop = Shop()
    monkeypatch.setattr(wiring, "refunds", lambda: shop.refunds())
    monkeypatch.setattr(wiring, "settler", lambda: Settler(events, Following(till.payments, shop.refunds()).followers))
    return shop


def of_order(shop: Shop, kind: str, event_id: str = "evt_1") -> Mapping[str, Any]:
    return of_payment(shop.order.payment_id, kind, event_id)


def test_dispute_is_the_orders(shop: Shop) -> None:
    shop.provider.dispute(shop.order.payment_id)

    assert settle(of_order(shop, "charge.dispute.created"), of_order(shop, "charge.dispute.created")) == []

    assert shop.order.payment.value == "disputed"
    shop.provider.decide(shop.order.disputes[0].dispute_id, "won")
    late = of_order(shop, "charge.dispute.created", "evt_0")
    assert settle(of_order(shop, "charge.dispute.closed", "evt_2"), late) == []
    assert shop.order.payment.value == "paid"


def test_refund_that_fails_later_is_not_said_to_be_given_back(shop: Shop) -> None:
    shop.refund(of_amount(1000))
    shop.provider.fail_refund(shop.order.refunds[0].provider_id or "")

    assert settle(of_order(shop, "refund.failed")) == []

    assert (shop.order.payment.value, shop.order.refunded.amount) == ("paid", 0)


def test_order_that_somebody_left_in_the_middle_is_finished(shop: Shop) -> None:
    shop.provider.before["refund"] = 1
    shop.cancel()

    assert settle({"orderId": shop.order_id}) == []

    assert shop.order.payment.value == "refunded"


def test_refund_of_a_payment_without_an_order_is_of_no_interest(shop: Shop) -> None:
    event = PaymentEvent(event_id="evt_1", kind="refund.created", object_id="re_1", created=1, payment_id="pi_another")

    assert settle(event.message()) == []
    assert shop.order.version == 0


@pytest.mark.usefixtures("events")
@pytest.mark.parametrize("means", ["pm_card_visa", "pm_card_threeDSecure2Required"])
def test_dispute_that_comes_before_the_order_comes_again(till: Till, means: str) -> None:
    """Even if nobody has noticed yet that it is paid."""
    checkout = bought(till, steps=4, means=means)
    till.ports.bank.authenticate(checkout.payment_id or "", passed=True)

    assert settle(of_payment(checkout.payment_id, "charge.dispute.created")) == ["0"]
