"""The Orders table's stream → figures."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce.figures import wiring
from commerce.figures.handlers.count_shop_figures import handler
from commerce.orders.adapters.records import OrderRecord
from commerce.orders.domain.order import Note, Order
from commerce.orders.domain.refund import Refund, RefundStatus, Share
from tests.commerce.examples import NOW
from tests.commerce.orders.examples import SHIPPING, a_gift, a_line, an_order
from tests.shared.events.streamed import failures, stream_of_changes
from tests.shared.figures.fake_figures import FakeFigures
from tests.shared.lambda_context import CONTEXT

TODAY, LATER = NOW.date(), NOW + timedelta(days=40)
PAID = {"orders": 1, "sales#GBP": 1700 + SHIPPING, "donations#GBP": 2500}


@pytest.fixture
def figures(monkeypatch: pytest.MonkeyPatch) -> FakeFigures:
    figures = FakeFigures(UTC)
    monkeypatch.setattr(wiring, "figures", lambda: figures)
    return figures


def change(old: Order | None, new: Order) -> tuple[Any, Any]:
    images = [order and OrderRecord.of(order).to_dynamodb_dict() for order in (old, new)]
    return images[0], images[1]


def counted(*changes: tuple[Order | None, Order]) -> Any:
    return handler(stream_of_changes([change(old, new) for old, new in changes]), CONTEXT)


def refunded(order: Order, status: RefundStatus, pence: int = 250, refund_id: str = "r") -> Order:
    shares = (Share("teapot", "goods", pence),)
    refund = Refund(
        refund_id=refund_id, status=status, shares=shares, currency="GBP", reason="broken", by="tom", at=LATER
    )
    return replace(order.with_refund(refund), version=order.version + 1)


def shown(figures: FakeFigures) -> dict[date, dict[str, int]]:
    days = {day: {name: n for name, n in counts.items() if n} for day, counts in figures.days.items()}
    return {day: counts for day, counts in days.items() if counts}


def test_order_counts_on_the_day_on_which_it_was_paid(figures: FakeFigures) -> None:
    assert counted((None, an_order())) == failures()
    assert shown(figures) == {TODAY: PAID}


def test_order_of_donations_alone_has_no_sales(figures: FakeFigures) -> None:
    counted((None, an_order(a_gift())))
    assert shown(figures) == {TODAY: {"orders": 1, "donations#GBP": 2500}}


def test_late_refund_counts_on_its_own_day(figures: FakeFigures) -> None:
    order = an_order()
    counted((None, order), (order, refunded(order, RefundStatus.SUCCEEDED)))
    assert shown(figures) == {TODAY: PAID, LATER.date(): {"refunds#GBP": 250}}


def test_refund_counts_when_it_has_succeeded_and_no_more_when_the_bank_sends_it_back(figures: FakeFigures) -> None:
    order = an_order()
    versions = [refunded(order, status) for status in (RefundStatus.REQUESTED, RefundStatus.PENDING)]
    counted((order, versions[0]), (versions[0], versions[1]))
    assert shown(figures) == {}

    succeeded, failed = refunded(order, RefundStatus.SUCCEEDED), refunded(order, RefundStatus.FAILED)
    counted((versions[1], succeeded))
    assert shown(figures) == {LATER.date(): {"refunds#GBP": 250}}
    counted((succeeded, failed))
    assert shown(figures) == {}


def test_what_has_nothing_to_do_with_money_changes_nothing(figures: FakeFigures) -> None:
    order = an_order()
    counted((order, order.noted(Note(NOW, "sue", "Fragile."))))
    assert shown(figures) == {}


def test_order_that_cannot_be_read_fails_alone(figures: FakeFigures) -> None:
    event = stream_of_changes([change(None, an_order(count=1, key="a")), change(None, an_order(count=2, key="b"))])
    event["Records"][0]["dynamodb"]["NewImage"]["quote"] = {"S": "broken"}

    assert handler(event, CONTEXT) == failures("s0")
    assert shown(figures) == {TODAY: PAID}


def history() -> Sequence[tuple[Order | None, Order]]:
    """Two orders, one of which is refunded twice; one of the refunds fails."""
    first, second = an_order(key="a"), an_order(a_line(quantity=1), count=2, key="b")
    part = refunded(first, RefundStatus.SUCCEEDED, 100, "r1")
    more = refunded(part, RefundStatus.SUCCEEDED, 200, "r2")
    back = refunded(more, RefundStatus.FAILED, 200, "r2")
    return [(None, first), (None, second), (first, part), (part, more), (more, back)]


@given(data=st.data())
def test_any_order_and_repetition_of_records_gives_the_same_days(data: st.DataObject) -> None:
    records = history()
    delivered = data.draw(st.permutations([*records, *data.draw(st.lists(st.sampled_from(records), max_size=10))]))
    figures = FakeFigures(UTC)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(wiring, "figures", lambda: figures)
        for each in delivered:
            counted(each)

    both = {"orders": 2, "sales#GBP": 1700 + 850 + 2 * SHIPPING, "donations#GBP": 2500}
    assert shown(figures) == {TODAY: both, LATER.date(): {"refunds#GBP": 100}}
