"""Orders on the running platform, with the stand-in for Stripe: cancelled, sent and refunded."""

import uuid
from collections.abc import Callable

import pytest

from local.payments.process import PaymentControl
from tests.e2e.clients import Api, Platform, User, eventually, is_problem
from tests.e2e.shopping import begin, ended, gbp, put_on_sale, stock_of
from tests.local.payments.conftest import client_of

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


def test_gift_that_a_bank_takes_back_leaves_the_profile_and_returns_when_it_is_won(
    platform: Platform,
    supporter: User,
    shop: Api,
    commerce: Callable[..., Api],
    personalization: Callable[..., Api],
) -> None:
    customer, donor = commerce(supporter), personalization(supporter)
    nursing = put_on_sale(shop, name="A nurse's hour", kind="donation", stock=None)
    customer("PUT", f"/cart/items/{nursing}", json={"quantity": 1, "amount": 1500})
    order_id = ended(customer, begin(customer))["orderId"]
    stripe = PaymentControl(platform.outputs["payments"], platform.root_user.secret_access_key)

    def given() -> dict[str, int]:
        donations = donor.get(f"/profile?userId={supporter.user_id}").json()["donations"]
        return {total["currency"]: total["amount"] for total in donations["totals"]}

    eventually(lambda: given() == {"GBP": 1500})
    eventually(lambda: shop.get(f"/admin/orders?q={order_id}").json()["items"])
    payment_id = shop.get(f"/admin/orders?q={order_id}").json()["items"][0]["paymentId"]
    intent = client_of(platform.outputs["payments"]).v1.payment_intents.retrieve(payment_id)
    dispute_id = stripe.dispute(str(intent.latest_charge))["id"]
    eventually(lambda: given() == {"GBP": 0})
    assert customer.get(f"/orders/{order_id}").json()["payment"] == "disputed"
    stripe.decide(dispute_id, "won")

    eventually(lambda: given() == {"GBP": 1500})
    rows = donor.get(f"/donations?userId={supporter.user_id}").json()["items"]
    assert [(row["kind"], row["amount"]["amount"]) for row in rows] == [
        ("reversal", 1500),
        ("charge-back", -1500),
        ("gift", 1500),
    ]
