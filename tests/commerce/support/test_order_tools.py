from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce.orders.domain.order import Dispute, DisputeStatus, Fulfilment, Order
from commerce.support.domain.order_tools import OrderSources, OrderTools
from commerce.support.domain.proposals import Proposal
from commerce.support.domain.tools import Finding, ListOrders, OrderUse, ProposeCancellation, ProposeRefund, ReadOrder
from shared.money import Money
from tests.commerce.examples import NOW
from tests.commerce.orders.examples import a_gift, a_line, an_order
from tests.commerce.orders.fakes import FakeOrders
from tests.commerce.support.fakes import FakeProposals

MINE = an_order()
OTHERS = an_order(user_id="ben", key="k2")
SENT = replace(MINE.fulfilled(Fulfilment(NOW, "priya", "Parcel Co", "PC1")))
DISPUTED = MINE.with_dispute(Dispute("dp_1", DisputeStatus.OPEN, 4595, NOW))


def used(use: OrderUse, *orders: Order) -> tuple[Finding, list[Proposal]]:
    proposals = FakeProposals()
    sources = OrderSources(
        FakeOrders(*orders, OTHERS), proposals, ZoneInfo("Europe/London"), lambda _: "p1", lambda: NOW
    )
    return OrderTools(sources, "ada").use(use), list(proposals.by_id.values())


def test_customers_see_their_own_orders() -> None:
    finding, _ = used(ListOrders(), MINE)
    assert finding.outline == (
        f"Order {MINE.order_id}: number {MINE.number}, placed 3 February 2026, lines 2, status placed, payment paid, "
        "total GBP 45.95, left to refund GBP 45.95, can be cancelled: yes."
    )
    [passage] = finding.passages
    assert "2 × A teapot (GBP 17.00); 1 × A nursing (GBP 25.00)" in passage.text
    assert "St James" not in passage.text
    assert used(ListOrders())[0] == Finding("The customer has no orders.")


def test_the_parcel_of_a_sent_order_is_in_its_passage() -> None:
    finding, _ = used(ReadOrder(SENT.order_id), SENT)
    assert "Sent by Parcel Co, tracked as PC1." in finding.passages[0].text
    assert "PC1" not in finding.outline


@pytest.mark.parametrize("order_id", [OTHERS.order_id, "none"])
@pytest.mark.parametrize(
    "make", [ReadOrder, lambda id_: ProposeCancellation(id_, "x"), lambda id_: ProposeRefund(id_, "x")]
)
def test_anothers_order_is_as_if_it_were_not_there(order_id: str, make: type[ReadOrder]) -> None:
    assert used(make(order_id), MINE) == (Finding("The customer has no such order."), [])


def test_a_cancellation_is_proposed_to_its_customer_for_ten_minutes() -> None:
    finding, [proposal] = used(ProposeCancellation(MINE.order_id, "Too late"), MINE)
    assert (proposal.act, proposal.amount, proposal.user_id) == ("cancel", Money(4595, "GBP"), "ada")
    assert proposal.expires_at == NOW + timedelta(minutes=10)
    assert finding.proposal == proposal


@pytest.mark.parametrize("order", [SENT, MINE.cancelled(NOW), DISPUTED])
def test_an_order_that_its_customer_could_not_cancel_is_not_proposed_to_be(order: Order) -> None:
    finding, proposals = used(ProposeCancellation(order.order_id, "Too late"), order)
    assert (finding.proposal, proposals) == (None, [])


@pytest.mark.parametrize(
    ("wanted", "amount"),
    [
        ({}, 4595),
        ({"items": "the teapots"}, 1700),
        ({"items": "2 teapots"}, 1700),
        ({"items": "nursing"}, 2500),
        ({"amount": 100}, 100),
        ({"amount": 4595}, 4595),
        ({"amount": 4596}, None),
        ({"items": "the kettle"}, None),
        ({"items": "the"}, None),
    ],
)
def test_a_refund_is_of_no_more_than_is_left(wanted: dict[str, object], amount: int | None) -> None:
    order = an_order(a_line(), a_gift())
    _, proposals = used(ProposeRefund(order.order_id, "Broken", **wanted), order)  # type: ignore[arg-type]
    assert [each.amount.amount for each in proposals] == ([] if amount is None else [amount])


def test_what_a_bank_has_taken_back_is_not_refunded() -> None:
    assert used(ProposeRefund(DISPUTED.order_id, "Broken"), DISPUTED)[1] == []


def test_one_answer_makes_one_proposal() -> None:
    proposals = FakeProposals()
    numbers = iter("123")
    sources = OrderSources(FakeOrders(MINE), proposals, ZoneInfo("Europe/London"), lambda _: next(numbers), lambda: NOW)
    tools = OrderTools(sources, "ada")
    for _ in range(2):
        tools.use(ProposeRefund(MINE.order_id, "Broken"))
    assert len(proposals.by_id) == 1


@given(st.text(max_size=200), st.text(max_size=100), st.text(max_size=100))
def test_no_word_of_anybody_gets_into_an_outline(name: str, carrier: str, tracking: str) -> None:
    line = replace(a_line(), name=name)
    order = replace(an_order(line), fulfilment=Fulfilment(NOW, "priya", carrier, tracking))
    expected = replace(an_order(a_line()), fulfilment=Fulfilment(NOW, "priya", "x", "y"))
    for use in (ListOrders(), ReadOrder(order.order_id), ProposeCancellation(order.order_id, "x")):
        assert used(use, order)[0].outline == used(use, expected)[0].outline
