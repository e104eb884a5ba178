"""POST /checkout, GET /checkout/{checkoutId}, POST /checkout/{checkoutId}/cancel"""

from dataclasses import replace
from typing import Any

import pytest

from commerce.carts.domain.cart import MAX_QUANTITY, cart_of_user
from commerce.catalogue.domain.products import Kind
from commerce.checkout.handlers.checkouts import handler
from shared.money import Money
from tests.commerce.calls import call
from tests.commerce.checkout.examples import SENT_ADDRESS
from tests.commerce.checkout.till import Till
from tests.commerce.examples import a_product
from tests.shared.gateway_events import access_claims

pytestmark = pytest.mark.usefixtures("edge")

ADA, BOB = access_claims("ada"), access_claims("bob")
CARD = {"paymentMethodId": "pm_card_visa", "delivery": SENT_ADDRESS}
GIFT_AID = {"firstName": "Ada", "lastName": "King", "house": "1", "postcode": "YO1 7HH", "declaration": "2026-01"}


@pytest.fixture
def teapots(till: Till) -> Till:
    """Two are in Ada's cart."""
    return till


@pytest.fixture
def empty(till: Till) -> Till:
    """Ada's cart is."""
    till.ports.carts.clear(cart_of_user("ada"), till.clock.now)
    return till


def begin(body: Any = CARD, key: str | None = "key-1", claims: Any = ADA) -> tuple[int, Any]:
    return call(handler, "POST /checkout", body, claims=claims, headers={"Idempotency-Key": key} if key else None)


def read(checkout_id: str, claims: Any = ADA) -> tuple[int, Any]:
    return call(handler, "GET /checkout/{checkoutId}", claims=claims, checkoutId=checkout_id)


def cancel(checkout_id: str, claims: Any = ADA) -> tuple[int, Any]:
    return call(handler, "POST /checkout/{checkoutId}/cancel", claims=claims, checkoutId=checkout_id)


def fields(answer: Any) -> list[str]:
    return [error["field"] for error in answer["errors"]]


@pytest.mark.usefixtures("teapots")
def test_checkout_begins_with_what_the_cart_holds(till: Till) -> None:
    status, answer = begin()

    total = {"amount": 2 * 850 + 395, "currency": "GBP"}
    begun = {"status": "pending", "total": total, "orderId": None, "clientSecret": None, "problem": None}
    assert (status, answer) == (202, {"checkoutId": answer["checkoutId"]} | begun)
    assert list(till.executions) == [answer["checkoutId"]]


def test_purchase_ends_with_an_order(teapots: Till) -> None:
    checkout_id = begin()[1]["checkoutId"]
    teapots.work()

    status, answer = read(checkout_id)
    assert (status, answer["status"]) == (200, "completed")
    assert answer["orderId"]


def test_repeated_request_is_the_same_checkout(teapots: Till) -> None:
    first = begin()
    teapots.work()
    second = begin()

    assert second[0] == 202
    assert second[1]["checkoutId"] == first[1]["checkoutId"]
    assert second[1]["status"] == "completed"
    assert len(teapots.ports.checkout_ids()) == 1


@pytest.mark.usefixtures("teapots")
def test_key_of_another_request_is_refused() -> None:
    begin()

    status, answer = begin({"paymentMethodId": "pm_card_mastercard", "delivery": SENT_ADDRESS})

    assert (status, fields(answer)) == (422, ["Idempotency-Key"])


def test_request_without_a_key_is_refused() -> None:
    assert begin(key=None)[0] == 400


@pytest.mark.usefixtures("teapots")
def test_keys_are_the_customers_own(till: Till) -> None:
    till.put("bob", a_product(), 1)

    assert begin(claims=ADA)[1]["checkoutId"] != begin(claims=BOB)[1]["checkoutId"]


def test_empty_cart_cannot_be_bought(empty: Till) -> None:
    status, answer = begin()

    assert (status, answer["detail"]) == (422, "The cart is empty: put something into it first.")
    assert not empty.executions


@pytest.mark.usefixtures("teapots")
def test_goods_need_an_address() -> None:
    status, answer = begin({"paymentMethodId": "pm_card_visa"})

    assert (status, fields(answer)) == (422, ["delivery"])


def test_gifts_need_none_and_are_not_shipped(empty: Till) -> None:
    gift = empty.ports.products.find("nursing")
    empty.put("ada", gift, 1)

    status, answer = begin({"paymentMethodId": "pm_card_visa", "giftAid": GIFT_AID})

    assert (status, answer["total"]["amount"]) == (202, 2500)
    checkout = empty.ports.checkouts.find(answer["checkoutId"])
    assert checkout
    assert checkout.gift_aid
    assert checkout.gift_aid.declaration == "2026-01"


@pytest.mark.parametrize("declaration", ["2026-1", "2025-01", "yes"])
def test_declaration_is_of_a_text_that_there_is(empty: Till, declaration: str) -> None:
    empty.put("ada", empty.ports.products.find("nursing"), 1)

    status, answer = begin(
        {"paymentMethodId": "pm_card_visa", "giftAid": GIFT_AID | {"declaration": declaration}},
    )

    assert (status, fields(answer)) == (422, ["giftAid.declaration"])
    assert "2026-01" in answer["errors"][0]["message"]


@pytest.mark.usefixtures("teapots")
def test_gift_aid_is_for_gifts() -> None:
    status, answer = begin(CARD | {"giftAid": GIFT_AID})

    assert (status, fields(answer)) == (422, ["giftAid"])


@pytest.mark.parametrize(
    "means",
    [{}, {"paymentMethodId": "pm_card_visa", "confirmationTokenId": "ctoken_1"}, {"paymentMethodId": "not an id"}],
)
@pytest.mark.usefixtures("teapots")
def test_one_means_of_payment_is_required(means: Any) -> None:
    status, answer = begin({"delivery": SENT_ADDRESS, **means})

    assert (status, fields(answer)) == (422, ["paymentMethodId"])


@pytest.mark.usefixtures("teapots")
def test_confirmation_token_is_one(till: Till) -> None:
    status, answer = begin({"confirmationTokenId": "ctoken_1", "delivery": SENT_ADDRESS})

    assert status == 202
    checkout = till.ports.checkouts.find(answer["checkoutId"])
    assert checkout
    assert checkout.means.confirmation_token_id == "ctoken_1"


def test_changed_cart_is_refused_with_the_difference(teapots: Till) -> None:
    status, answer = begin(CARD | {"cartVersion": 7})

    assert (status, answer["errors"]) == (409, [{"field": "cartVersion", "message": "is 1 now, not 7"}])
    assert begin(CARD | {"cartVersion": 1})[0] == 202
    assert len(teapots.executions) == 1


def test_changed_product_is_refused_with_the_difference_by_line(teapots: Till) -> None:
    product = teapots.ports.products.find("teapot")
    teapots.ports.products.edit(product, a_product(price=Money(900, "GBP"), stock=1, version=2))

    status, answer = begin()

    assert (status, answer["errors"]) == (
        409,
        [
            {"field": "lines[0].quantity", "message": "of Enamel teapot, there are 1 left, not 2"},
            {"field": "lines[0].unitPrice", "message": "is GBP 9.00 now, not GBP 8.50"},
        ],
    )
    assert not teapots.executions


def test_payment_has_a_smallest_amount(empty: Till) -> None:
    empty.ports.products.by_id["pin"] = a_product("pin", price=Money(10, "GBP"), stock=MAX_QUANTITY, kind=Kind.GOODS)
    empty.opening = replace(empty.opening, shipping_amount=0)
    empty.put("ada", empty.ports.products.find("pin"), 2)

    status, answer = begin()

    assert (status, fields(answer)) == (422, ["total"])


@pytest.mark.usefixtures("teapots")
def test_checkout_of_somebody_else_is_not_there() -> None:
    checkout_id = begin()[1]["checkoutId"]

    assert read(checkout_id, BOB)[0] == cancel(checkout_id, BOB)[0] == 404
    assert read("0c" * 32)[0] == 404


def test_client_secret_is_there_while_the_customer_has_to_act(teapots: Till) -> None:
    checkout_id = begin(CARD | {"paymentMethodId": "pm_card_threeDSecure2Required"})[1]["checkoutId"]
    teapots.work()

    answer = read(checkout_id)[1]
    assert answer["status"] == "requires-action"
    assert answer["clientSecret"]

    status, _ = cancel(checkout_id)
    teapots.work()
    answer = read(checkout_id)[1]
    assert (status, answer["status"], answer["clientSecret"], answer["problem"]) == (202, "cancelled", None, None)
    assert cancel(checkout_id)[0] == 202


def test_declined_checkout_says_why(teapots: Till) -> None:
    checkout_id = begin(CARD | {"paymentMethodId": "pm_card_visa_chargeDeclined"})[1]["checkoutId"]
    teapots.work()

    answer = read(checkout_id)[1]
    assert answer["status"] == "declined"
    detail = "Your card was declined. Nothing was charged. Try again, or pay in another way."
    assert answer["problem"] == {"title": "The payment was declined", "detail": detail}


def test_paid_checkout_cannot_be_cancelled(teapots: Till) -> None:
    checkout_id = begin()[1]["checkoutId"]
    teapots.work()

    assert cancel(checkout_id)[0] == 409
    assert read(checkout_id)[1]["status"] == "completed"


def test_second_buyer_of_the_last_pieces_gets_none(teapots: Till) -> None:
    teapots.put("bob", a_product(), 3)
    first, second = begin()[1]["checkoutId"], begin(claims=BOB)[1]["checkoutId"]
    teapots.work()

    answers = read(first)[1], read(second, BOB)[1]
    assert [answer["status"] for answer in answers] == ["completed", "out-of-stock"]
    assert answers[1]["problem"]["detail"] == "Of Enamel teapot, there are only 2 left. Nothing was charged."


def test_cart_is_not_bought_twice_at_once(teapots: Till) -> None:
    """In two tabs, say, each with a key of its own."""
    first = begin(key="key-1")[1]["checkoutId"]

    status, answer = begin(key="key-2")
    assert (status, fields(answer)) == (409, ["checkoutId"])
    assert first in answer["detail"]

    teapots.work()
    assert begin(key="key-2")[0] == 422  # the cart is empty
    assert len(teapots.ports.orders_of()) == 1


def test_checkout_whose_late_payment_goes_back_has_no_order_to_cancel(teapots: Till) -> None:
    checkout_id = begin(CARD | {"paymentMethodId": "pm_card_threeDSecure2Required"})[1]["checkoutId"]
    teapots.work()
    payment_id = teapots.saga.found(checkout_id).payment_id or ""
    teapots.cancel(checkout_id)
    teapots.work()
    teapots.ports.provider.refunds_are = "pending"
    teapots.ports.provider.pay_anyway(payment_id)
    teapots.payments.settle(checkout_id, teapots.clock.now)

    status, answer = cancel(checkout_id)

    assert (status, answer["status"]) == (202, "cancelled")
    assert "on its way back" in answer["problem"]["detail"]


def test_customer_may_try_again_after_a_refusal(teapots: Till) -> None:
    begin(CARD | {"paymentMethodId": "pm_card_visa_chargeDeclined"}, key="key-1")
    teapots.work()
    second = begin(key="key-2")[1]["checkoutId"]
    teapots.work()

    assert read(second)[1]["status"] == "completed"
