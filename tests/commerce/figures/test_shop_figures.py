"""GET /admin/figures of the shop."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from commerce.figures import wiring
from commerce.figures.handlers.shop_figures import handler
from shared.figures.tallies import counts
from tests.commerce.calls import call
from tests.commerce.orders.examples import gbp
from tests.shared.figures.fake_figures import FakeFigures
from tests.shared.gateway_events import access_claims

pytestmark = pytest.mark.usefixtures("edge")

FAY = access_claims("fay", "finance")
NOTHING = {"orders": 0, "sales": [], "donations": [], "refunds": [], "searches": 0, "searchesWithoutResult": 0}


@pytest.fixture
def figures(monkeypatch: pytest.MonkeyPatch) -> FakeFigures:
    figures = FakeFigures()
    monkeypatch.setattr(wiring, "figures", lambda: figures)
    monkeypatch.setattr(wiring, "zone", lambda: UTC)
    return figures


def answer(claims: Any = FAY, **query: str) -> tuple[int, Any]:
    return call(
        handler, "GET /admin/figures", claims=claims, query={f"{name.strip('_')}": v for name, v in query.items()}
    )


def pence(amount: int) -> list[dict[str, Any]]:
    return [{"amount": amount, "currency": "GBP"}]


def test_every_day_has_its_counts_and_zeros(figures: FakeFigures) -> None:
    first, last = date(2026, 11, 1), date(2026, 11, 3)
    figures.days = {
        first: {**counts(orders=2, sales=gbp(1700), donations=gbp(2500)), "searches": 5, "searchesWithoutResult": 1},
        last: counts(orders=1, sales=gbp(300), refunds=gbp(250)),
        date(2026, 11, 4): counts(orders=9),
    }

    status, body = answer(from_="2026-11-01", to="2026-11-03")

    assert status == 200
    empty = {"sales": pence(0), "donations": pence(0), "refunds": pence(0)}
    assert body == {
        "days": [
            NOTHING
            | empty
            | {"date": "2026-11-01", "orders": 2, "sales": pence(1700), "donations": pence(2500)}
            | {"searches": 5, "searchesWithoutResult": 1},
            NOTHING | empty | {"date": "2026-11-02"},
            NOTHING | empty | {"date": "2026-11-03", "orders": 1, "sales": pence(300), "refunds": pence(250)},
        ],
        "totals": {
            "orders": 3,
            "sales": pence(2000),
            "donations": pence(2500),
            "refunds": pence(250),
            "searches": 5,
            "searchesWithoutResult": 1,
        },
    }


def test_thirty_days_until_today_unless_said_otherwise(figures: FakeFigures) -> None:
    figures.add(datetime.now(UTC), {"orders": 1})

    status, body = answer()

    assert (status, len(body["days"]), body["totals"]) == (200, 30, NOTHING | {"orders": 1})
    assert body["days"][-1]["orders"] == 1


@pytest.mark.usefixtures("figures")
@pytest.mark.parametrize(
    ("query", "status", "field"),
    [
        ({"from_": "2026-11-02", "to": "2026-11-01"}, 422, "from"),
        ({"from_": "2025-11-01", "to": "2026-11-02"}, 422, "to"),
        ({"from_": "2026-02-30"}, 400, "from"),
        ({"to": "today"}, 400, "to"),
        ({"day": "2026-02-03"}, 400, "day"),
    ],
)
def test_what_is_no_period_is_refused_by_name(query: dict[str, str], status: int, field: str) -> None:
    answered, body = answer(**query)
    assert (answered, [error["field"] for error in body["errors"]]) == (status, [field])


@pytest.mark.usefixtures("figures")
def test_a_year_is_answered() -> None:
    status, body = answer(from_="2024-01-01", to="2024-12-31")
    assert (status, len(body["days"])) == (200, 366)


@pytest.mark.usefixtures("figures")
@pytest.mark.parametrize(("group", "status"), [("staff", 200), ("finance", 200), ("admin", 200), ("", 403)])
def test_only_staff_may_read(group: str, status: int) -> None:
    assert answer(access_claims("ann", group) if group else access_claims("ann"))[0] == status


def test_figures_that_are_out_of_reach_are_503(figures: FakeFigures) -> None:
    figures.out_of_reach = True
    assert answer()[0] == 503
