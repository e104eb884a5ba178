"""Refunds, disputes and payouts: the balance adds up."""

from contextlib import closing

import pytest
import stripe
from hypothesis import given, settings
from hypothesis import strategies as st

from local.payments.account import Account
from local.payments.errors import Refusal
from local.payments.process import PaymentProcess
from local.payments.store import Store
from tests.local.payments.conftest import Pay


def charge_of(intent: stripe.PaymentIntent) -> str:
    return str(intent.latest_charge)


@pytest.mark.emulator
@pytest.mark.xdist_group("payments")
def test_refunds_never_exceed_the_charge(client: stripe.StripeClient, pay: Pay) -> None:
    intent = pay(amount=1000)
    part = client.v1.refunds.create({"payment_intent": intent.id, "amount": 300, "reason": "requested_by_customer"})
    assert (part.amount, part.status) == (300, "succeeded")
    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded"):
        client.v1.refunds.create({"payment_intent": intent.id, "amount": 701})
    assert client.v1.refunds.create({"charge": charge_of(intent)}).amount == 700
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.refunds.create({"payment_intent": intent.id})
    assert refused.value.code == "charge_already_refunded"
    charge = client.v1.charges.retrieve(charge_of(intent))
    assert (charge.amount_refunded, charge.refunded) == (1000, True)


@pytest.mark.emulator
@pytest.mark.xdist_group("payments")
def test_a_refund_to_a_closed_card_fails_later_and_the_money_is_back(
    client: stripe.StripeClient, stand_in: PaymentProcess, pay: Pay
) -> None:
    refund = client.v1.refunds.create({"payment_intent": pay("pm_card_refundFail", amount=800).id})
    assert refund.status == "succeeded"

    stand_in.pass_time()

    failed = client.v1.refunds.retrieve(refund.id, {"expand": ["charge"]})
    assert (failed.status, failed.failure_reason) == ("failed", "expired_or_canceled_card")
    assert isinstance(failed.charge, stripe.Charge)
    assert failed.charge.amount_refunded == 0


@pytest.mark.emulator
@pytest.mark.xdist_group("payments")
@pytest.mark.parametrize("outcome", ["won", "lost"])
def test_a_dispute_takes_the_money_until_it_is_decided(
    client: stripe.StripeClient, stand_in: PaymentProcess, pay: Pay, outcome: str
) -> None:
    intent = pay("pm_card_createDispute", amount=5000)
    stand_in.pass_time()
    [dispute] = client.v1.disputes.list({"payment_intent": intent.id}).data
    assert (dispute.status, dispute.amount) == ("needs_response", 5000)
    with pytest.raises(stripe.InvalidRequestError, match="charged back"):
        client.v1.refunds.create({"payment_intent": intent.id})

    stand_in.decide(dispute.id, outcome)

    decided = client.v1.disputes.retrieve(dispute.id)
    assert decided.status == outcome
    booked = sum(each.net for each in decided.balance_transactions)
    assert booked == (0 if outcome == "won" else -5000 - 2000)


@pytest.mark.emulator
@pytest.mark.xdist_group("payments")
def test_a_payout_is_the_sum_of_what_it_pays_out(
    client: stripe.StripeClient, stand_in: PaymentProcess, pay: Pay
) -> None:
    pay(amount=1000)
    payout = stand_in.pay_out()

    parts = list(client.v1.balance_transactions.list({"payout": payout["id"], "limit": 100}).auto_paging_iter())
    assert sum(each.net for each in parts if each.type != "payout") == payout["amount"]
    assert sum(each.net for each in parts) == 0


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["pay", "refund", "fail", "dispute", "win", "lose", "out"]), st.integers(1, 5000)),
        max_size=40,
    )
)
def test_the_balance_adds_up_whatever_happens(acts: list[tuple[str, int]]) -> None:
    with closing(Store()) as store:
        check_balance(store, acts)


def check_balance(store: Store, acts: list[tuple[str, int]]) -> None:
    account = Account(store, lambda: 0, "http://127.0.0.1")
    for act, number in acts:
        try:
            do(account, store, act, number)
        except Refusal:
            continue

    charges = list(store.newest_first("charge"))
    refunds = [each for each in store.newest_first("refund") if each["status"] == "succeeded"]
    booked = list(store.newest_first("balance_transaction"))
    lost = [each for each in store.newest_first("dispute") if each["status"] != "won"]
    paid_out = sum(each["amount"] for each in store.newest_first("payout"))

    assert all(0 <= each["amount_refunded"] <= each["amount"] for each in charges)
    taken = sum(each["amount"] for each in charges) - sum(each["amount"] for each in refunds + lost)
    assert sum(each["amount"] for each in booked) == taken - paid_out
    unpaid = sum(each["net"] for each in booked if each["payout"] is None)
    assert unpaid + paid_out == taken - sum(each["fee"] for each in booked)


def do(account: Account, store: Store, act: str, number: int) -> None:
    def some(kind: str) -> dict[str, object]:
        found = list(store.newest_first(kind))
        if not found:
            raise Refusal("nothing")
        return found[number % len(found)]

    match act:
        case "pay":
            intent = account.create(30 + number, "gbp", automatic_payment_methods=None)
            account.confirm(intent, payment_method="pm_card_visa", return_url="")
        case "refund":
            account.refund(some("charge"), number, reason="", metadata={})
        case "fail":
            account.fail_refund(some("refund"))
        case "dispute":
            account.dispute(some("charge"))
        case "win":
            account.decide(some("dispute"), "won")
        case "lose":
            account.decide(some("dispute"), "lost")
        case "out":
            account.pay_out("gbp")
