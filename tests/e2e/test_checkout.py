"""Buying, on the running platform: state machine, functions, queues, and the stand-in for Stripe with its webhooks."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from local.payments.process import PaymentControl
from tests.commerce.checkout.examples import SENT_ADDRESS
from tests.e2e.clients import Api, Platform, User, eventually
from tests.local.payments.conftest import client_of

pytestmark = pytest.mark.platform

CUP = {"name": "China cup", "category": "Homeware", "price": {"amount": 250, "currency": "GBP"}, "stock": 10}


@pytest.fixture
def cup(commerce: Callable[..., Api], admin: User) -> str:
    answer = commerce(admin)("POST", "/products", json=CUP)
    assert answer.status_code == 201
    return str(answer.json()["productId"])


@pytest.fixture
def ada(platform: Platform, commerce: Callable[..., Api]) -> Api:
    return commerce(platform.sign_up("Ada"))


def stock_of(shop: Api, product_id: str) -> int:
    return int(shop("GET", f"/admin/products/{product_id}").json()["stock"])


def begin(customer: Api, means: str, key: str | None = None) -> str:
    wanted = {"paymentMethodId": means, "delivery": SENT_ADDRESS}
    answer = customer("POST", "/checkout", json=wanted, headers={"Idempotency-Key": key or uuid.uuid4().hex})
    assert answer.status_code == 202, answer.text
    return str(answer.json()["checkoutId"])


def ended(customer: Api, checkout_id: str, status: str) -> Any:
    eventually(lambda: customer.get(f"/checkout/{checkout_id}").json()["status"] == status)
    return customer.get(f"/checkout/{checkout_id}").json()


def test_purchase_leaves_an_order_and_takes_what_was_bought(
    ada: Api, commerce: Callable[..., Api], admin: User, cup: str
) -> None:
    ada("PUT", f"/cart/items/{cup}", json={"quantity": 3})
    key = uuid.uuid4().hex

    checkout_id = begin(ada, "pm_card_visa", key)
    ada("PUT", f"/cart/items/{cup}", json={"quantity": 4})  # one more, while it is being paid
    completed = ended(ada, checkout_id, "completed")

    assert completed["total"] == {"amount": 3 * 250 + 395, "currency": "GBP"}
    assert completed["orderId"]
    assert begin(ada, "pm_card_visa", key) == checkout_id
    assert stock_of(commerce(admin), cup) == 7
    assert [line["quantity"] for line in ada.get("/cart").json()["lines"]] == [1]


def test_declined_card_buys_nothing(ada: Api, commerce: Callable[..., Api], admin: User, cup: str) -> None:
    ada("PUT", f"/cart/items/{cup}", json={"quantity": 3})

    declined = ended(ada, begin(ada, "pm_card_visa_chargeDeclined"), "declined")

    assert declined["problem"]["title"] == "The payment was declined"
    assert stock_of(commerce(admin), cup) == 10
    assert [line["quantity"] for line in ada.get("/cart").json()["lines"]] == [3]


def test_customer_whose_bank_asks_may_leave_the_browser(ada: Api, platform: Platform, cup: str) -> None:
    ada("PUT", f"/cart/items/{cup}", json={"quantity": 1})
    checkout_id = begin(ada, "pm_card_threeDSecure2Required")
    secret = ended(ada, checkout_id, "requires-action")["clientSecret"]

    PaymentControl(platform.outputs["payments"]).authenticate(
        secret.partition("_secret")[0]
    )  # nobody comes back: only the webhook does

    assert ended(ada, checkout_id, "completed")["clientSecret"] is None


def test_cancelled_checkout_gives_back_what_it_held(
    ada: Api, commerce: Callable[..., Api], admin: User, cup: str
) -> None:
    ada("PUT", f"/cart/items/{cup}", json={"quantity": 2})
    checkout_id = begin(ada, "pm_card_threeDSecure2Required")
    ended(ada, checkout_id, "requires-action")
    assert stock_of(commerce(admin), cup) == 8

    assert ada("POST", f"/checkout/{checkout_id}/cancel").status_code == 202

    assert ended(ada, checkout_id, "cancelled")["problem"] is None
    assert stock_of(commerce(admin), cup) == 10


def test_another_payment_with_the_name_of_a_checkout_goes_back(ada: Api, platform: Platform, cup: str) -> None:
    ada("PUT", f"/cart/items/{cup}", json={"quantity": 1})
    checkout_id = begin(ada, "pm_card_threeDSecure2Required")
    secret = ended(ada, checkout_id, "requires-action")["clientSecret"]
    stripe = client_of(platform.outputs["payments"]).v1

    other = stripe.payment_intents.create({"amount": 645, "currency": "gbp", "metadata": {"reference": checkout_id}})
    stripe.payment_intents.confirm(other.id, {"payment_method": "pm_card_visa", "return_url": "https://shop.example"})

    eventually(lambda: [each.amount for each in stripe.refunds.list({"payment_intent": other.id}).data] == [645])
    assert ada.get(f"/checkout/{checkout_id}").json()["status"] == "requires-action"
    PaymentControl(platform.outputs["payments"]).authenticate(secret.partition("_secret")[0])
    assert ended(ada, checkout_id, "completed")["orderId"]
