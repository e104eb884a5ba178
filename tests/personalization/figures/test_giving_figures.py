"""GET /admin/figures of personalization."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from personalization.figures import wiring
from personalization.figures.handlers.giving_figures import handler
from shared.figures.tallies import counts
from shared.money import Money
from tests.shared.figures.fake_figures import FakeFigures
from tests.shared.gateway_events import access_claims, rest_event
from tests.shared.handler_calls import answer_of

pytestmark = pytest.mark.usefixtures("edge")

SUE = access_claims("sue", "staff")
NOTHING = {"gifts": 0, "amount": [], "conversations": 0, "tokens": 0, "modelCost": []}
FIRST, LAST = date(2026, 11, 1), date(2026, 11, 2)


@pytest.fixture
def figures(monkeypatch: pytest.MonkeyPatch) -> FakeFigures:
    figures = FakeFigures()
    monkeypatch.setattr(wiring, "figures", lambda: figures)
    monkeypatch.setattr(wiring, "zone", lambda: UTC)
    return figures


def answer(query: dict[str, str] | None = None, claims: Any = SUE) -> tuple[int, Any]:
    return answer_of(handler, rest_event(claims, query, resource="/admin/figures"))


def days() -> tuple[Any, Any]:
    status, body = answer({"from": FIRST.isoformat(), "to": LAST.isoformat()})
    assert status == 200, body
    return body["days"], body["totals"]


def test_money_of_every_currency_is_there_on_each_day(figures: FakeFigures) -> None:
    figures.days = {
        FIRST: counts(gifts=2, amount=Money(1500, "GBP")),
        LAST: {**counts(gifts=1, amount=Money(700, "EUR")), **counts(amount=Money(-1500, "GBP"))},
    }

    [first, last], totals = days()

    assert first["amount"] == [{"amount": 0, "currency": "EUR"}, {"amount": 1500, "currency": "GBP"}]
    assert last["amount"] == [{"amount": 700, "currency": "EUR"}, {"amount": -1500, "currency": "GBP"}]
    assert totals["amount"] == [{"amount": 700, "currency": "EUR"}, {"amount": 0, "currency": "GBP"}]
    assert (first["gifts"], last["gifts"], totals["gifts"]) == (2, 1, 3)


def test_cost_of_a_day_is_rounded_up_and_the_days_add_up(figures: FakeFigures) -> None:
    figures.days = {
        FIRST: {"conversations": 1, "tokens": 120, "modelCost#USD": 600, "modelCost#JPY": 1_000_000},
        LAST: {"tokens": 9, "modelCost#USD": 10_001},
    }

    [first, last], totals = days()

    yen = {"amount": 1, "currency": "JPY", "micros": 1_000_000}
    assert first["modelCost"] == [yen, {"amount": 1, "currency": "USD", "micros": 600}]
    assert last["modelCost"] == [yen | {"amount": 0, "micros": 0}, {"amount": 2, "currency": "USD", "micros": 10_001}]
    assert totals["modelCost"] == [yen, {"amount": 3, "currency": "USD", "micros": 10_601}]
    assert (totals["conversations"], totals["tokens"]) == (1, 129)


def test_thirty_days_until_today_with_zeros(figures: FakeFigures) -> None:
    figures.add(datetime.now(UTC), {"gifts": 1})

    status, body = answer()

    assert (status, len(body["days"]), body["totals"]) == (200, 30, NOTHING | {"gifts": 1})
    assert body["days"][0] == NOTHING | {"date": body["days"][0]["date"]}


@pytest.mark.usefixtures("figures")
@pytest.mark.parametrize(
    ("query", "status"),
    [({"from": "2026-11-02", "to": "2026-11-01"}, 422), ({"from": "2024-01-01"}, 422), ({"from": "yesterday"}, 400)],
)
def test_what_is_no_period_is_refused(query: dict[str, str], status: int) -> None:
    assert answer(query)[0] == status


@pytest.mark.usefixtures("figures")
@pytest.mark.parametrize(("group", "status"), [("staff", 200), ("finance", 200), ("admin", 200), ("", 403)])
def test_only_staff_may_read(group: str, status: int) -> None:
    assert answer(claims=access_claims("ann", group) if group else access_claims("ann"))[0] == status
