"""HMRC's schedule of the gifts that orders have paid, and what donors declare."""

import csv
import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce.checkout.domain.checkout import GiftAid
from commerce.checkout.domain.declarations import DECLARATIONS, Declaration, declarations_on
from commerce.gift_aid import wiring
from commerce.gift_aid.domain import schedule as schedules
from commerce.gift_aid.domain.schedule import COLUMNS, TooLong, schedule
from commerce.gift_aid.handlers.gift_aid import handler
from commerce.orders.domain.order import Dispute, DisputeStatus, Order
from commerce.orders.domain.refund import Refund, RefundStatus, Share
from shared.money import Money
from tests.commerce.orders.examples import a_gift, a_line, an_order
from tests.commerce.orders.fakes import FakeOrders
from tests.shared.gateway_events import access_claims, rest_event
from tests.shared.lambda_context import CONTEXT

pytestmark = pytest.mark.usefixtures("edge")

_FINANCE = access_claims("fay", "finance")
_LONDON = ZoneInfo("Europe/London")
_NOON = datetime(2026, 11, 3, 12, tzinfo=UTC)
_NOVEMBER = {"from": "2026-11-01", "to": "2026-11-30"}
_ADA = GiftAid(first_name="Ada", last_name="Byron", house="12", postcode="sw1y4jh", declaration="2026-01")


@pytest.fixture
def orders(monkeypatch: pytest.MonkeyPatch) -> FakeOrders:
    orders = FakeOrders()
    monkeypatch.setattr(wiring, "orders", lambda: orders)
    monkeypatch.setattr(wiring, "zone", lambda: _LONDON)
    monkeypatch.setattr(wiring, "charity", lambda: "Harbour Trust")
    return orders


def order_of(donor: GiftAid | None = _ADA, at: datetime = _NOON, key: str = "k", pence: int = 2500) -> Order:
    return an_order(a_line(), a_gift(price=pence), gift_aid=donor, created_at=at, key=key)


def put(orders: FakeOrders, *several: Order) -> None:
    orders.by_id |= {order.order_id: order for order in several}


def answer(query: Mapping[str, str] = _NOVEMBER, claims: Mapping[str, Any] = _FINANCE) -> dict[str, Any]:
    return handler(rest_event(claims, query, resource="/admin/gift-aid"), CONTEXT)


def rows(query: Mapping[str, str] = _NOVEMBER) -> list[dict[str, str]]:
    answered = answer(query)
    assert answered["statusCode"] == 200, answered
    return list(csv.DictReader(io.StringIO(answered["body"], newline="")))


def refunded(order: Order, pence: int, status: RefundStatus = RefundStatus.SUCCEEDED) -> Order:
    shares = (Share("nursing", "donations", pence), Share("teapot", "goods", 850))
    refund = Refund(refund_id="r", status=status, shares=shares, currency="GBP", reason="mistake", by="tom", at=_NOON)
    return order.with_refund(refund)


def test_line_of_a_gift_is_as_hmrc_wants_it(orders: FakeOrders) -> None:
    put(orders, order_of(replace(_ADA, last_name="Byron-King")))
    assert rows() == [
        {
            "Title": "",
            "First name": "Ada",
            "Last name": "Byron King",
            "House name or number": "12",
            "Postcode": "SW1Y 4JH",
            "Aggregated donations": "",
            "Sponsored event": "",
            "Donation date": "03/11/26",
            "Amount": "25.00",
            "Order": "100001",
            "Declaration": "2026-01",
        }
    ]


def test_only_declared_gifts_are_claimed(orders: FakeOrders) -> None:
    goods = an_order(a_line(), gift_aid=_ADA, created_at=_NOON, key="goods")
    put(orders, order_of(None, key="undeclared"), goods)
    assert rows() == []


def test_what_was_given_back_is_not_claimed(orders: FakeOrders) -> None:
    part = refunded(order_of(key="part"), 1000)
    whole = refunded(order_of(key="whole"), 2500)
    failed = refunded(order_of(key="failed", at=_NOON + timedelta(days=1)), 2500, RefundStatus.FAILED)
    pending = refunded(order_of(key="pending"), 2500, RefundStatus.PENDING)
    put(orders, part, whole, failed, pending)
    assert [row["Amount"] for row in rows()] == ["15.00", "25.00"]


@pytest.mark.parametrize(
    ("status", "lines"), [(DisputeStatus.OPEN, 0), (DisputeStatus.LOST, 0), (DisputeStatus.WON, 1)]
)
def test_disputed_money_is_not_claimed(orders: FakeOrders, status: DisputeStatus, lines: int) -> None:
    put(orders, replace(order_of(), disputes=(Dispute("d", status, 4595, order_of().created_at),)))
    assert len(rows()) == lines


def test_days_are_those_of_the_charity_and_both_ends_belong_to_the_period(orders: FakeOrders) -> None:
    late = datetime(2026, 7, 31, 22, 59, 59, tzinfo=UTC)  # before midnight in London's summer
    put(orders, order_of(at=late, key="july"), order_of(at=late + timedelta(seconds=1), key="august"))
    july, august = {"from": "2026-07-01", "to": "2026-07-31"}, {"from": "2026-08-01", "to": "2026-08-01"}
    assert [row["Donation date"] for row in rows(july)] == ["31/07/26"]
    assert [row["Donation date"] for row in rows(august)] == ["01/08/26"]


def test_formula_stays_text(orders: FakeOrders) -> None:
    put(orders, order_of(replace(_ADA, first_name='=HYPERLINK("//evil")', house="+1")))
    [row] = rows()
    assert row["First name"].startswith("'=")
    assert row["House name or number"] == "'+1"


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=20), st.integers(1, 10**9))
def test_line_never_breaks_hmrcs_limits(first: str, last: str, postcode: str, pence: int) -> None:
    orders = FakeOrders(
        order_of(GiftAid(first_name=first, last_name=last, house="1", postcode=postcode, declaration="1"), pence=pence)
    )
    [line] = schedule(orders, _NOON.date(), _NOON.date(), _LONDON)
    assert max(len(line.first_name), len(line.last_name)) <= 35
    assert "-" not in line.last_name
    assert line.amount == Money(pence, "GBP")
    assert len(line) == len(COLUMNS)


def test_all_pages_are_read_the_oldest_gift_first(orders: FakeOrders, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedules, "_PAGE", 3)
    put(orders, *(order_of(at=_NOON + timedelta(hours=n), key=f"k{n}", pence=100 + n) for n in range(10)))
    assert [row["Amount"] for row in rows()] == [f"1.{n:02d}" for n in range(10)]


@pytest.mark.parametrize("limit", ["MAX_LINES", "MAX_ORDERS"])
def test_period_with_too_much_is_refused(orders: FakeOrders, monkeypatch: pytest.MonkeyPatch, limit: str) -> None:
    monkeypatch.setattr(schedules, limit, 5)
    monkeypatch.setattr(schedules, "_PAGE", 5)
    put(orders, *(order_of(key=f"k{n}") for n in range(6)))
    with pytest.raises(TooLong):
        schedule(orders, _NOON.date(), _NOON.date(), _LONDON)
    answered = answer()
    assert answered["statusCode"] == 422
    assert [error["field"] for error in json.loads(answered["body"])["errors"]] == ["to"]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"from": "2026-11-02", "to": "2026-11-01"}, 422),
        ({"from": "2025-11-01", "to": "2026-11-30"}, 422),
        ({"from": "2026-11-01"}, 400),
        ({"from": "2026-02-30", "to": "2026-03-01"}, 400),
        ({"from": "20261101", "to": "2026-11-30"}, 400),
        ({"from": "2026-11-01T00:00", "to": "2026-11-30"}, 400),
    ],
)
@pytest.mark.usefixtures("orders")
def test_days_that_are_no_period_are_refused(query: dict[str, str], status: int) -> None:
    assert answer(query)["statusCode"] == status


@pytest.mark.parametrize(("group", "status"), [("finance", 200), ("admin", 200), ("staff", 403), (None, 403)])
@pytest.mark.usefixtures("orders")
def test_schedule_is_for_finance_staff(group: str | None, status: int) -> None:
    claims = access_claims("someone", *([group] if group else []))
    assert answer(claims=claims)["statusCode"] == status


# --- Declarations


@pytest.mark.usefixtures("orders")
def test_everybody_reads_the_declaration_of_now() -> None:
    answered = handler(rest_event(resource="/gift-aid/declaration"), CONTEXT)
    body = json.loads(answered["body"])
    assert (answered["statusCode"], body["version"], body["since"]) == (200, "2026-01", "2026-01-01")
    assert "Harbour Trust" in body["statement"]
    assert "{" not in "".join(body.values())


@pytest.mark.parametrize("declaration", DECLARATIONS, ids=lambda declaration: declaration.version)
def test_declaration_says_what_hmrc_wants(declaration: Declaration) -> None:
    statement = declaration.statement
    for words in ("Gift Aid", "{charity}", "UK taxpayer", "Income Tax and/or Capital Gains Tax", "my responsibility"):
        assert words in statement
    assert "in the future or have made in the past 4 years" in statement  # which donations it covers
    for words in ("cancel this declaration", "name or home address", "sufficient tax"):
        assert words in declaration.notice


def test_versions_are_unique_and_in_the_order_of_their_days() -> None:
    days = [each.since for each in DECLARATIONS]
    assert days == sorted(days)
    assert len({each.version for each in DECLARATIONS}) == len(DECLARATIONS)


def test_declaration_is_there_from_its_day_on() -> None:
    [first] = [each for each in DECLARATIONS if each.version == "2026-01"]
    assert declarations_on(first.since - timedelta(days=1)) == ()
    assert declarations_on(first.since) == (first,)


def test_text_that_was_agreed_to_stays_as_it_was() -> None:
    """Whoever changes a word makes a version: orders name the text that their donor has read."""
    digests = {
        each.version: hashlib.sha256("\n".join((each.explanation, each.statement, each.notice)).encode()).hexdigest()[
            :16
        ]
        for each in DECLARATIONS
    }
    assert digests == {"2026-01": "c8934cd35137f7f9"}
