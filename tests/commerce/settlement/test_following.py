"""News of payments that nobody gets an order for: none of them comes again for ever, and no money stays."""

from dataclasses import replace

import pytest

from commerce.checkout.domain.checkout import Checkout
from commerce.payments.domain.ledger import owed_to_customers
from commerce.payments.domain.provider import Means, Payment
from shared.money import Money
from tests.commerce.checkout.steps import bought, stock
from tests.commerce.checkout.till import Till

LATE = "pm_card_threeDSecure2Required"


def cancelled(till: Till) -> Checkout:
    """With a payment that the provider has cancelled."""
    checkout = bought(till, steps=4, means=LATE)
    till.cancel(checkout.checkout_id)
    till.work()
    return till.saga.found(checkout.checkout_id)


def paid_late(till: Till) -> Checkout:
    """It cannot happen while the provider keeps its word."""
    checkout = cancelled(till)
    till.ports.provider.pay_anyway(checkout.payment_id or "")
    return checkout


def hear(till: Till, kind: str, payment_id: str | None) -> None:
    till.hear(kind, payment_id or "")
    till.work()
    assert not till.settlement_queue.messages
    assert not till.broken


def paid_by_hand(till: Till, checkout: Checkout, amount: Money | None = None) -> Payment:
    """A second payment that has the checkout's name."""
    provider = till.ports.provider
    made = provider.create(amount or checkout.quote.total, reference=checkout.checkout_id, key="by hand")
    paid: Payment = provider.confirm(made.payment_id, Means(payment_method_id="pm_card_visa"), return_url="", key="it")
    return paid


def test_late_payment_goes_back_and_is_owed_where_that_fails(till: Till, caplog: pytest.LogCaptureFixture) -> None:
    checkout = paid_late(till)
    hear(till, "payment_intent.succeeded", checkout.payment_id)
    assert till.saga.found(checkout.checkout_id).status == "refunded"
    [refund] = till.ports.provider.all_refunds

    till.ports.provider.fail_refund(refund.refund_id)
    hear(till, "refund.failed", checkout.payment_id)
    hear(till, "refund.updated", checkout.payment_id)

    found = till.saga.found(checkout.checkout_id)
    assert found.problem
    assert (found.status, "contact us" in found.problem.detail, found.due_at) == ("cancelled", True, None)
    assert owed_to_customers(till.ports.entries()) == {checkout.payment_id: checkout.quote.total.amount}
    assert len(till.ports.provider.all_refunds) == 1
    [line] = {vars(each)["paymentId"] for each in caplog.records if each.message == "money owed to a customer"}
    assert line == checkout.payment_id


def test_late_payment_that_was_refunded_by_hand_ends(till: Till) -> None:
    checkout = paid_late(till)
    till.ports.provider.refund(checkout.payment_id or "", checkout.quote.total, key="by hand", labels={})

    hear(till, "charge.refunded", checkout.payment_id)

    assert till.saga.found(checkout.checkout_id).status == "refunded"
    till.require_sound()


def test_refund_on_its_way_is_looked_after_without_any_event(till: Till) -> None:
    checkout = paid_late(till)
    till.ports.provider.refunds_are = "pending"
    hear(till, "payment_intent.succeeded", checkout.payment_id)
    pending = till.saga.found(checkout.checkout_id)
    assert (pending.status, pending.due_at is not None) == ("cancelled", True)

    till.ports.provider.all_refunds = [replace(each, status="succeeded") for each in till.ports.provider.all_refunds]
    till.come_to_rest()

    assert till.saga.found(checkout.checkout_id).status == "refunded"
    till.require_sound()


def test_late_payment_that_is_disputed_is_not_refunded_too(till: Till) -> None:
    checkout = paid_late(till)
    till.ports.provider.dispute(checkout.payment_id or "")

    hear(till, "charge.dispute.created", checkout.payment_id)
    hear(till, "payment_intent.succeeded", checkout.payment_id)

    assert not till.ports.provider.all_refunds
    assert owed_to_customers(till.ports.entries()) == {}


@pytest.mark.parametrize("means", ["pm_card_visa", LATE, "pm_bacsDebit_success"])
@pytest.mark.parametrize("other", [Money(1, "GBP"), Money(2095, "EUR")], ids=str)
def test_other_amount_than_was_quoted_makes_no_order_and_goes_back(till: Till, means: str, other: Money) -> None:
    """Somebody has changed the payment at the provider."""
    checkout = bought(till, steps=3, means=means)
    provider, payment_id = till.ports.provider, checkout.payment_id or ""
    provider.payments[payment_id] = replace(provider.payments[payment_id], amount=other)

    till.work()
    till.ports.bank.authenticate(payment_id, passed=True)
    till.ports.bank.pass_time()
    hear(till, "payment_intent.succeeded", payment_id)
    till.come_to_rest()

    assert till.saga.found(checkout.checkout_id).status in {"cancelled", "refunded"}
    assert stock(till) == 4
    till.require_sound()


@pytest.mark.parametrize("amount", [None, Money(1, "GBP")], ids=["same amount", "other amount"])
@pytest.mark.parametrize("steps", [2, 3, 4])
def test_another_payment_with_the_name_of_a_checkout_pays_nothing_and_goes_back(
    till: Till, steps: int, amount: Money | None
) -> None:
    checkout = bought(till, steps=steps, means=LATE)
    other = paid_by_hand(till, checkout, amount)

    till.hear("payment_intent.succeeded", other.payment_id)
    till.hear("refund.created", other.payment_id)
    for message in list(till.settlement_queue.messages):
        till._settle(message)

    assert till.saga.found(checkout.checkout_id) == checkout
    assert till.ports.bank.charged(other.payment_id) == 0
    assert owed_to_customers(till.ports.entries()) == {}


def test_another_payment_with_the_name_of_an_order_goes_back(till: Till) -> None:
    checkout = bought(till, steps=4)
    till.come_to_rest()
    other = paid_by_hand(till, checkout)

    hear(till, "payment_intent.succeeded", other.payment_id)

    assert till.ports.bank.charged(other.payment_id) == 0
    assert till.saga.found(checkout.checkout_id).status == "completed"
    till.require_sound()
