"""GET /admin/figures of the help desk."""

from datetime import UTC, date
from typing import Any

import pytest

from knowledge_base.figures import wiring
from knowledge_base.figures.handlers.help_desk_figures import handler
from tests.shared.figures.fake_figures import FakeFigures
from tests.shared.gateway_events import access_claims
from tests.shared.http_api_calls import call

pytestmark = pytest.mark.usefixtures("edge")

NAMES = ["tickets", "solved", "firstReplies", "firstReplyMinutes", "suggestionsHelpful", "gaps"]
NOTHING = dict.fromkeys([*NAMES, "satisfied", "dissatisfied"], 0)


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
    first = {"tickets": 2, "firstReplies": 1, "firstReplyMinutes": 90}
    figures.days = {date(2026, 11, 1): first, date(2026, 11, 2): {"solved": 1, "firstReplyMinutes": 5}}

    assert answer(**{"from": "2026-11-01", "to": "2026-11-03"}) == (
        200,
        {
            "days": [
                NOTHING | {"date": "2026-11-01", **first},
                NOTHING | {"date": "2026-11-02", "solved": 1, "firstReplyMinutes": 5},
                NOTHING | {"date": "2026-11-03"},
            ],
            "totals": NOTHING | first | {"solved": 1, "firstReplyMinutes": 95},
        },
    )


@pytest.mark.parametrize(("group", "status"), [("staff", 200), ("finance", 200), ("admin", 200), ("", 403)])
def test_only_staff_may_read(group: str, status: int) -> None:
    assert answer(group)[0] == status


def test_what_is_no_period_is_refused_by_name() -> None:
    status, body = answer(**{"from": "2026-11-02", "to": "2026-11-01"})
    assert (status, [error["field"] for error in body["errors"]]) == (422, ["from"])
