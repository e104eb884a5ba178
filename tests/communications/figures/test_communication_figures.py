"""GET /admin/figures of communications."""

from datetime import UTC, date
from typing import Any

import pytest

from communications.figures import wiring
from communications.figures.handlers.communication_figures import handler
from tests.shared.figures.fake_figures import FakeFigures
from tests.shared.gateway_events import access_claims
from tests.shared.http_api_calls import call

pytestmark = pytest.mark.usefixtures("edge")

NOTHING = dict.fromkeys(["messages", "notifications", "emails", "sms", "pushes", "failed"], 0)


@pytest.fixture(autouse=True)
def figures(monkeypatch: pytest.MonkeyPatch) -> FakeFigures:
    figures = FakeFigures()
    monkeypatch.setattr(wiring, "figures", lambda: figures)
    monkeypatch.setattr(wiring, "zone", lambda: UTC)
    return figures


def answer(group: str = "staff", **query: str) -> tuple[int, Any]:
    claims = access_claims("ann", f"[{group}]") if group else access_claims("ann")
    return call(handler, "GET /admin/figures", claims=claims, query=query)


def test_every_day_has_its_counts_and_zeros(figures: FakeFigures) -> None:
    figures.days = {date(2026, 11, 1): {"messages": 2, "emails": 5}, date(2026, 11, 2): {"emails": 1, "failed": 1}}

    assert answer(**{"from": "2026-11-01", "to": "2026-11-03"}) == (
        200,
        {
            "days": [
                NOTHING | {"date": "2026-11-01", "messages": 2, "emails": 5},
                NOTHING | {"date": "2026-11-02", "emails": 1, "failed": 1},
                NOTHING | {"date": "2026-11-03"},
            ],
            "totals": NOTHING | {"messages": 2, "emails": 6, "failed": 1},
        },
    )


@pytest.mark.parametrize(("group", "status"), [("staff", 200), ("finance", 200), ("admin", 200), ("", 403)])
def test_only_staff_may_read(group: str, status: int) -> None:
    assert answer(group)[0] == status


@pytest.mark.parametrize(
    ("query", "status", "field"),
    [({"from": "2026-11-02", "to": "2026-11-01"}, 422, "from"), ({"to": "today"}, 400, "to")],
)
def test_what_is_no_period_is_refused_by_name(query: dict[str, str], status: int, field: str) -> None:
    answered, body = answer(**query)

    assert (answered, [error["field"] for error in body["errors"]]) == (status, [field])
