"""Money that is given back: once, never more than was paid, and never claimed before it is."""

from dataclasses import replace
from typing import Any

import pytest

from commerce.checkout.domain.checkout import CheckoutStatus
from commerce.orders.domain.order import DISPUTES_FOLLOWING, Fulfilment, Order, OrderStatus, PaymentStatus
from commerce.orders.domain.refund import FOLLOWING, RefundStatus
from commerce.payments.domain.ledger import Account, owed_to_customers
from shared.auth.callers import Caller
from shared.errors import Conflict, Invalid, NotFound
from tests.commerce.orders.examples import LATER, SHIPPING, a_gift, a_line, gbp
from tests.commerce.orders.shop import TOM, Shop, adds_up, claim, held, of_all, of_amount, of_lines

TEAPOTS, GIFT = 1700, 2500
TOTAL = TEAPOTS + SHIPPING + GIFT


class Crashed(BaseException):
    """The process has ended: nothing of it goes on."""


def shares(order: Order) -> dict[str | None, int]:
    return {
        product_id: order.refunded_of(product_id).amount
        for product_id in (*(line.product_id for line in order.quote.lines), None)
        if order.refunded_of(product_id).amount
    }


def fulfil(shop: Shop) -> None:
    shop.orders.by_id[shop.order_id] = shop.order.fulfilled(Fulfilment(LATER, "tom", None, None))


def test_customer_cancels_and_has_all_money_back_and_the_goods_are_in_stock() -> None:
    shop = Shop()

    order = shop.cancel()

    assert (order.status, order.payment, order.refunded) == (OrderStatus.CANCELLED, PaymentStatus.REFUNDED, gbp(TOTAL))
    assert [event.status for event in order.history] == [OrderStatus.PLACED, OrderStatus.CANCELLED]
    assert shares(order) == {"teapot": TEAPOTS, "nursing": GIFT, None: SHIPPING}
    assert held(shop) == {}
    assert shop.returned("teapot") == 2
    assert next(iter(shop.checkouts.by_id.values())).status is CheckoutStatus.REFUNDED
    assert shop.settlements.requested == [shop.order_id]
    adds_up(shop)


def test_cancelling_again_changes_nothing() -> None:
    shop = Shop()
    first = shop.cancel()

    assert shop.cancel() == first == shop.order
    assert shop.settlements.requested == [shop.order_id]
    adds_up(shop)


def test_order_that_was_sent_cannot_be_cancelled() -> None:
    shop = Shop()
    fulfil(shop)

    with pytest.raises(Conflict, match="fulfilled already"):
        shop.cancel()

    adds_up(shop)


@pytest.mark.parametrize(
    "caller", [Caller("bob"), Caller("sue", frozenset({"staff"})), Caller("f", frozenset({"finance"}))]
)
def test_nobody_cancels_the_orders_of_others_but_admins(caller: Caller) -> None:
    shop = Shop()

    with pytest.raises(NotFound):
        shop.cancel(caller)

    assert shop.settlements.requested == []
    assert shop.cancel(TOM).refunds[0].reason == "Cancelled by the shop."


def test_provider_out_of_reach_leaves_the_refund_for_later() -> None:
    shop = Shop()
    shop.provider.before["refund"] = 1

    order = shop.cancel()

    assert (order.status, order.payment, order.refunded) == (OrderStatus.CANCELLED, PaymentStatus.PAID, gbp(0))
    assert (order.left, order.refunds[0].status) == (gbp(0), RefundStatus.REQUESTED)
    assert held(shop)[Account.PROVIDER] == TOTAL
    assert shop.look_after().payment is PaymentStatus.REFUNDED
    adds_up(shop)


def test_refund_whose_answer_was_lost_is_found_and_not_made_again() -> None:
    shop = Shop()
    shop.provider.after["refund"] = 1
    assert shop.cancel().payment is PaymentStatus.PAID
    shop.provider._answers.clear()  # a key is kept for a day

    assert shop.look_after().payment is PaymentStatus.REFUNDED
    adds_up(shop)


def test_pending_refund_is_in_the_ledger_and_not_said_to_be_given_back() -> None:
    shop = Shop()
    shop.provider.refunds_are = "pending"

    order = shop.refund(of_amount(1000))

    assert (order.payment, order.refunded, order.left) == (PaymentStatus.PAID, gbp(0), gbp(TOTAL - 1000))
    assert held(shop)[Account.PROVIDER] == TOTAL - 1000
    [made] = shop.provider.all_refunds
    shop.provider.all_refunds = [replace(made, status="succeeded")]
    assert shop.look_after().payment is PaymentStatus.PART_REFUNDED
    adds_up(shop)


@pytest.mark.parametrize("is_pending", [False, True], ids=["succeeded", "pending"])
def test_refund_that_fails_later_is_owed_until_it_is_given_back_in_another_way(is_pending: bool) -> None:
    shop = Shop()
    shop.provider.refunds_are = "pending" if is_pending else "succeeded"
    shop.refund(of_lines(teapot=1))
    shop.provider.fail_refund(shop.order.refunds[0].provider_id or "")

    order = shop.look_after()

    assert (order.payment, order.refunded, order.left) == (PaymentStatus.PAID, gbp(0), gbp(TOTAL))
    assert owed_to_customers(shop.ledger.entries) == {order.payment_id: 850}
    assert shop.returned("teapot") == 1

    shop.provider.refunds_are = "succeeded"
    again = shop.refund(of_lines(teapot=1), key="k2")

    assert (again.refunded, again.refunds[1].returned) == (gbp(850), {"goods": 0})
    assert owed_to_customers(shop.ledger.entries) == {}
    assert shop.returned("teapot") == 1  # which it was already
    assert held(shop)[Account.GOODS] == -850
    adds_up(shop)


def test_refund_that_the_provider_refuses_is_none() -> None:
    shop = Shop()
    shop.provider.dispute(shop.order.payment_id)  # nobody has heard of it yet

    with pytest.raises(Conflict, match="refused the refund"):
        shop.refund(of_all())

    assert (shop.order.refunded, shop.order.refunds[0].status) == (gbp(0), RefundStatus.FAILED)
    assert shop.returned("teapot") == 0
    shop.look_after()
    with pytest.raises(Conflict, match="bank"):
        shop.refund(of_all(), key="k2")
    adds_up(shop)


def test_refund_by_amount_takes_goods_first_and_gifts_last_and_brings_nothing_back() -> None:
    shop = Shop()

    assert shares(shop.refund(of_amount(1000))) == {"teapot": 1000}
    assert shares(shop.refund(of_amount(1000), "k2")) == {"teapot": TEAPOTS, None: 300}
    assert shares(shop.refund(of_amount(1000), "k3")) == {"teapot": TEAPOTS, None: SHIPPING, "nursing": 905}
    assert shop.returned("teapot") == 0
    assert held(shop) == {Account.PROVIDER: TOTAL - 3000, Account.DONATIONS: -GIFT + 905}
    adds_up(shop)


def test_refund_by_lines_brings_pieces_back_into_stock() -> None:
    shop = Shop(a_line(), a_line("cup", 3, 200), a_gift())

    order = shop.refund(of_lines(teapot=1, cup=2))

    assert (order.refunded, order.payment) == (gbp(1250), PaymentStatus.PART_REFUNDED)
    assert (shop.returned("teapot"), shop.returned("cup")) == (1, 2)
    adds_up(shop)


@pytest.mark.parametrize(
    ("request_", "field", "message"),
    [
        (of_amount(TOTAL + 1), "amount.amount", f"at most {TOTAL}"),
        (of_amount(100, "USD"), "amount.currency", "must be GBP"),
        (of_lines(teapot=3), "lines[0].quantity", "at most 2"),
        (of_lines(nursing=1, cup=1), "lines[1].productId", "no line"),
    ],
)
def test_nothing_is_refunded_that_was_not_bought(request_: Any, field: str, message: str) -> None:
    shop = Shop()

    with pytest.raises(Invalid) as refused:
        shop.refund(request_)

    [error] = refused.value.errors
    assert error.field == field
    assert message in error.message
    assert shop.order.refunds == ()


def test_line_of_which_a_part_was_refunded_has_only_whole_pieces_left() -> None:
    shop = Shop()
    shop.refund(of_amount(900))

    with pytest.raises(Invalid) as refused:
        shop.refund(of_lines(teapot=1), "k2")

    assert "at most 0" in refused.value.errors[0].message
    adds_up(shop)


def test_what_has_been_refunded_in_full_has_nothing_left() -> None:
    shop = Shop()
    shop.refund(of_all())

    with pytest.raises(Conflict, match="in full already"):
        shop.refund(of_all(), "k2")
    with pytest.raises(Conflict, match="nothing to send"):
        fulfil(shop)


def test_cancelling_what_was_refunded_by_amount_brings_the_goods_back_and_no_money() -> None:
    shop = Shop()
    shop.refund(of_amount(TOTAL))

    order = shop.cancel()

    assert (order.status, order.refunded) == (OrderStatus.CANCELLED, gbp(TOTAL))
    assert shop.returned("teapot") == 2
    adds_up(shop)


def test_same_key_refunds_once_and_is_for_one_request() -> None:
    shop = Shop()
    first = shop.refund(of_amount(1000))

    assert shop.refund(of_amount(1000)) == first
    with pytest.raises(Invalid, match="different request"):
        shop.refunds().refund(TOM, shop.order_id, of_amount(1), claim("k1", "another"), LATER)
    assert shop.refund(of_amount(1000), "k2").refunded == gbp(2000)
    adds_up(shop)


def test_refund_that_was_made_at_the_provider_by_hand_is_the_orders_too() -> None:
    shop = Shop()
    shop.provider.refund(shop.order.payment_id, gbp(1000), key="by hand", labels={})

    order = shop.refunds().follow_payment(shop.order.payment_id, LATER)

    assert (order.refunded, order.refunds[0].by) == (gbp(1000), "provider")
    assert shop.look_after() == order
    adds_up(shop)


def test_refund_that_was_made_by_hand_has_its_lines_whatever_has_failed_meanwhile() -> None:
    shop = Shop()
    shop.provider.refund(shop.order.payment_id, gbp(1), key="by hand", labels={})
    shop.refund(of_amount(1))
    shop.provider.fail_refund(shop.order.refunds[0].provider_id or "")
    shop.cancel()  # nobody has heard of either

    assert shop.look_after().refunded == gbp(TOTAL)
    adds_up(shop)


def test_payment_of_another_shop_is_not_found() -> None:
    with pytest.raises(NotFound):
        Shop().refunds().follow_payment("pi_another", LATER)


@pytest.mark.parametrize(("outcome", "payment"), [("won", PaymentStatus.PAID), ("lost", PaymentStatus.CHARGED_BACK)])
def test_dispute_is_open_until_it_is_decided(outcome: Any, payment: PaymentStatus) -> None:
    shop = Shop()
    shop.provider.dispute(shop.order.payment_id)
    assert shop.look_after().payment is PaymentStatus.DISPUTED
    with pytest.raises(Conflict, match="bank"):
        shop.cancel()

    shop.provider.decide(shop.order.disputes[0].dispute_id, outcome)

    assert shop.look_after().payment is payment
    assert shop.look_after() == shop.order
    adds_up(shop)


def test_dispute_of_which_only_the_end_is_heard_is_in_the_ledger_from_its_beginning() -> None:
    shop = Shop()
    shop.provider.dispute(shop.order.payment_id)
    shop.provider.decide(shop.provider.all_disputes[0][1].dispute_id, "won")

    assert shop.look_after().payment is PaymentStatus.PAID
    assert [entry.entry_id.partition(":")[0] for entry in shop.ledger.entries[2:]] == ["dispute", "dispute-won"]
    adds_up(shop)


def test_states_lead_to_an_end() -> None:
    for graph in (FOLLOWING, DISPUTES_FOLLOWING):
        ends = {state for state, following in graph.items() if not following}
        for start in graph:
            reached, new = {start}, {start}
            while new := {each for state in new for each in graph[state]} - reached:  # type: ignore[index]
                assert start not in new  # and none leads back
                reached |= new
            assert reached & ends
