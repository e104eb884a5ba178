"""Orders on the running platform, with the stand-in for Stripe: cancelled, sent and refunded."""

import uuid
from collections.abc import Callable

import pytest

from tests.e2e.clients import Api, Platform, User, eventually, is_problem
from tests.e2e.shopping import begin, ended, gbp, put_on_sale, stock_of

pytestmark = pytest.mark.platform


@pytest.fixture
def shop(commerce: Callable[..., Api], admin: User) -> Api:
    return commerce(admin)


@pytest.fixture
def ada(platform: Platform, commerce: Callable[..., Api]) -> Api:
    return commerce(platform.sign_up("Ada"))


def buy(customer: Api, shop: Api, quantity: int = 3) -> tuple[str, str]:
    """The ids of a product and of the order of it."""
    cup = put_on_sale(shop)
    customer("PUT", f"/cart/items/{cup}", json={"quantity": quantity})
    return cup, str(ended(customer, begin(customer))["orderId"])


def test_customer_cancels_and_has_money_and_the_shop_its_goods_back(ada: Api, shop: Api) -> None:
    cup, order_id = buy(ada, shop)
    assert [order["orderId"] for order in ada.get("/orders").json()["items"]] == [order_id]
    assert stock_of(shop, cup) == 7

    cancelled = ada("POST", f"/orders/{order_id}/cancel")

    assert cancelled.status_code == 200
    order = cancelled.json()
    assert (order["status"], order["payment"], order["refunded"]) == ("cancelled", "refunded", gbp(3 * 250 + 395))
    assert ada("POST", f"/orders/{order_id}/cancel").json() == order
    assert stock_of(shop, cup) == 10


def test_staff_send_an_order_and_admins_refund_a_part_once(
    ada: Api, shop: Api, commerce: Callable[..., Api], staff: User
) -> None:
    cup, order_id = buy(ada, shop)
    sue, path = commerce(staff), f"/admin/orders/{order_id}"
    number = ada.get(f"/orders/{order_id}").json()["number"]
    eventually(lambda: sue.get(f"/admin/orders?q={number}").json()["items"])

    assert sue("POST", f"{path}/notes", json={"text": "Fragile."}).json()["notes"][0]["text"] == "Fragile."
    assert sue("POST", f"{path}/fulfilments", json={"carrier": "Royal Mail"}).json()["status"] == "fulfilled"
    is_problem(ada("POST", f"/orders/{order_id}/cancel"), 409)
    wanted = {"lines": [{"productId": cup, "quantity": 1}], "reason": "Broken"}
    is_problem(sue("POST", f"{path}/refunds", json=wanted, headers={"Idempotency-Key": "k"}), 403)
    key = {"Idempotency-Key": uuid.uuid4().hex}
    first, again = (shop("POST", f"{path}/refunds", json=wanted, headers=key) for _ in range(2))

    assert first.status_code == again.status_code == 200
    assert first.json() == again.json()
    order = ada.get(f"/orders/{order_id}").json()
    assert (order["payment"], order["refunded"], order["lines"][0]["refunded"]) == ("part-refunded", gbp(250), gbp(250))
    assert "notes" not in order
    assert stock_of(shop, cup) == 8


def test_orders_of_others_are_not_there(ada: Api, shop: Api, platform: Platform, commerce: Callable[..., Api]) -> None:
    _, order_id = buy(ada, shop, 1)
    bob = commerce(platform.sign_up("Bob"))

    is_problem(bob.get(f"/orders/{order_id}"), 404)
    is_problem(bob("POST", f"/orders/{order_id}/cancel"), 404)
    assert bob.get("/orders").json()["items"] == []
