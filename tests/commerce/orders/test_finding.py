from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from commerce.orders.domain.order import OrderStatus
from commerce.orders.handlers.orders import handler
from tests.commerce.calls import call
from tests.commerce.examples import NOW
from tests.commerce.orders.examples import an_order
from tests.commerce.orders.fakes import FakeOrders
from tests.commerce.orders.shop import Shop
from tests.shared.gateway_events import access_claims

pytestmark = pytest.mark.usefixtures("edge", "shop")

SUE = access_claims("sue", "staff")


def listed(**query: str) -> tuple[int, Any]:
    return call(handler, "GET /admin/orders", claims=SUE, query={name.strip("_"): each for name, each in query.items()})


def numbers(**query: str) -> list[str]:
    status, page = listed(**query)
    assert status == 200
    return [order["number"] for order in page["items"]]


@pytest.fixture
def many(orders: FakeOrders) -> FakeOrders:
    """On each of three days before: one that is placed, and Bob's, which was sent."""
    for day in range(1, 4):
        at = NOW - timedelta(days=day)
        placed = an_order(key=f"placed {day}", count=10 + day, created_at=at)
        sent = an_order(key=f"sent {day}", count=20 + day, created_at=at + timedelta(hours=1), user_id="bob")
        for order in (placed, replace(sent, status=OrderStatus.FULFILLED)):
            orders.by_id[order.order_id] = order
    return orders


@pytest.mark.usefixtures("many")
def test_staff_list_orders_by_status_and_day() -> None:
    assert numbers() == ["100001", "100021", "100011", "100022", "100012", "100023", "100013"]
    assert numbers(status="placed") == ["100001", "100011", "100012", "100013"]
    assert numbers(status="fulfilled", from_="2026-02-01", to="2026-02-01") == ["100022"]
    assert numbers(from_="2026-02-02") == ["100001", "100021", "100011"]
    assert numbers(to="2026-01-31") == ["100023", "100013"]
    assert numbers(status="cancelled") == []


@pytest.mark.usefixtures("many")
def test_pages_are_complete_and_their_cursors_belong_to_one_list() -> None:
    found, cursor = list[str](), dict[str, str]()
    while cursor.get("cursor", "") is not None:
        page = listed(status="placed", limit="3", **cursor)[1]
        found += [order["number"] for order in page["items"]]
        cursor = {"cursor": page["nextCursor"]}

    assert found == ["100001", "100011", "100012", "100013"]
    first = listed(status="placed", limit="3")[1]["nextCursor"]
    assert listed(status="fulfilled", cursor=first)[0] == 400


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("100022", ["100022"]),
        ("G-100022", ["100022"]),
        ("d-100022", ["100022"]),
        ("bob", ["100021", "100022", "100023"]),
        ("999999", []),
        ("nobody", []),
    ],
)
def test_staff_find_orders_by_number_receipt_and_customer(words: str, found: list[str]) -> None:
    assert numbers(q=words) == found


@pytest.mark.usefixtures("many")
def test_staff_find_an_order_by_its_id_within_what_they_list(shop: Shop) -> None:
    assert numbers(q=shop.order_id) == numbers(q=shop.order_id, status="placed", from_="2026-02-03") == ["100001"]
    assert numbers(q=shop.order_id, status="cancelled") == numbers(q=shop.order_id, to="2026-02-02") == []
    assert numbers(q="bob", from_="2026-02-01", to="2026-02-01") == ["100022"]
    assert numbers(q="bob", status="placed") == []


@pytest.mark.parametrize(
    ("query", "status", "field"),
    [
        ({"status": "lost"}, 422, "status"),
        ({"from": "yesterday"}, 400, "from"),
        ({"from": "2026-02-30"}, 400, "from"),
        ({"to": "2026-2-3"}, 400, "to"),
        ({"from": "2026-02-03", "to": "2026-02-02"}, 422, "from"),
        ({"q": " "}, 400, "q"),
        ({"colour": "blue"}, 400, "colour"),
    ],
)
def test_what_is_no_query_is_named(query: dict[str, str], status: int, field: str) -> None:
    answer = call(handler, "GET /admin/orders", claims=SUE, query=query)

    assert (answer[0], answer[1]["errors"][0]["field"]) == (status, field)


def test_last_day_of_the_calendar_has_no_end() -> None:
    assert numbers(to="9999-12-31") == ["100001"]


def test_customers_list_nothing_here() -> None:
    assert call(handler, "GET /admin/orders", claims=access_claims("ada"))[0] == 403
