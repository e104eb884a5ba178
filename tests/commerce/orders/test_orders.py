from typing import Any

import pytest

from commerce.orders.handlers.orders import handler
from tests.commerce.calls import call
from tests.commerce.orders.examples import an_order
from tests.commerce.orders.fakes import FakeOrders
from tests.commerce.orders.shop import Shop, of_lines
from tests.shared.gateway_events import access_claims

pytestmark = pytest.mark.usefixtures("edge", "shop")

ADA, BOB = access_claims("ada"), access_claims("bob")


def gbp(amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": "GBP"}


def read(order_id: str, claims: Any = ADA) -> tuple[int, Any]:
    return call(handler, "GET /orders/{orderId}", claims=claims, orderId=order_id)


def test_customers_read_their_order_as_it_was_bought(shop: Shop) -> None:
    status, order = read(shop.order_id)

    assert status == 200
    assert order == {
        "orderId": shop.order_id,
        "number": "100001",
        "status": "placed",
        "payment": "paid",
        "lines": [
            {
                "productId": "teapot",
                "kind": "goods",
                "name": "A teapot",
                "quantity": 2,
                "unitPrice": gbp(850),
                "lineTotal": gbp(1700),
                "refunded": gbp(0),
            },
            {
                "productId": "nursing",
                "kind": "donation",
                "name": "A nursing",
                "quantity": 1,
                "unitPrice": gbp(2500),
                "lineTotal": gbp(2500),
                "refunded": gbp(0),
            },
        ],
        "delivery": {
            "name": "Ada Byron",
            "line1": "12 St James's Square",
            "line2": None,
            "city": "London",
            "postcode": "SW1Y 4JH",
            "country": "GB",
        },
        "shipping": gbp(395),
        "total": gbp(4595),
        "refunded": gbp(0),
        "receipts": [
            {"kind": "goods", "number": "G-100001", "total": gbp(2095)},
            {"kind": "donations", "number": "D-100001", "total": gbp(2500)},
        ],
        "refunds": [],
        "fulfilment": None,
        "history": [{"status": "placed", "at": "2026-02-03T04:05:06.789Z"}],
        "createdAt": "2026-02-03T04:05:06.789Z",
    }


def test_what_was_refunded_stands_beside_its_line(shop: Shop) -> None:
    shop.refund(of_lines(teapot=1))

    order = read(shop.order_id)[1]

    assert (order["payment"], order["refunded"]) == ("part-refunded", gbp(850))
    assert [line["refunded"] for line in order["lines"]] == [gbp(850), gbp(0)]
    assert [(each["amount"], each["status"]) for each in order["refunds"]] == [(gbp(850), "succeeded")]
    assert "reason" not in order["refunds"][0]


@pytest.mark.parametrize("groups", ["staff", "finance", "admin"])
def test_staff_read_anyones_order(shop: Shop, groups: str) -> None:
    assert read(shop.order_id, access_claims("sue", groups))[0] == 200


def test_orders_of_others_are_not_there(shop: Shop) -> None:
    theirs, nothing = read(shop.order_id, BOB), read("nothing", BOB)

    assert theirs[0] == nothing[0] == 404
    assert theirs[1]["detail"] == nothing[1]["detail"]


def test_customers_list_their_own_newest_first_page_by_page(orders: FakeOrders) -> None:
    for number in range(2, 5):
        order = an_order(key=f"k{number}", count=number)
        orders.by_id[order.order_id] = order
    theirs = an_order(user_id="bob", key="bob", count=9)
    orders.by_id[theirs.order_id] = theirs
    numbers, cursor = list[str](), dict[str, str]()

    for _ in range(2):
        status, page = call(handler, "GET /orders", claims=ADA, query={"limit": "2"} | cursor)
        assert status == 200
        numbers += [order["number"] for order in page["items"]]
        cursor = {"cursor": page["nextCursor"]}

    assert sorted(numbers) == ["100001", "100002", "100003", "100004"]
    assert page["nextCursor"] is None


def test_cursor_of_another_customer_is_refused(orders: FakeOrders) -> None:
    another = an_order(key="k2", count=2)
    orders.by_id[another.order_id] = another
    cursor = call(handler, "GET /orders", claims=ADA, query={"limit": "1"})[1]["nextCursor"]

    assert call(handler, "GET /orders", claims=BOB, query={"cursor": cursor})[0] == 400


def test_who_has_not_signed_in_has_no_orders(shop: Shop) -> None:
    assert read(shop.order_id, None)[0] == call(handler, "GET /orders")[0] == 401
