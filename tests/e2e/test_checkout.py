"""Purchases with a hitch, on the running platform with the stand-in for Stripe and its webhooks."""

from collections.abc import Callable

import pytest

from local.payments.process import PaymentControl
from tests.e2e.clients import Api, Platform, User, eventually
from tests.e2e.shopping import begin, ended, put_on_sale, stock_of
from tests.local.payments.conftest import client_of

pytestmark = pytest.mark.platform


@pytest.fixture
def cup(commerce: Callable[..., Api], admin: User) -> str:
    return put_on_sale(commerce(admin))


@pytest.fixture
def ada(platform: Platform, commerce: Callable[..., Api]) -> Api:
    return commerce(platform.sign_up("Ada"))


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

    PaymentControl(platform.outputs["payments"], platform.root_user.secret_access_key).authenticate(
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
    PaymentControl(platform.outputs["payments"], platform.root_user.secret_access_key).authenticate(
        secret.partition("_secret")[0]
    )
    assert ended(ada, checkout_id, "completed")["orderId"]
