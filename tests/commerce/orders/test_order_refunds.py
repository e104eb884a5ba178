from typing import Any

import pytest

from commerce.orders.domain.order import Fulfilment
from commerce.orders.handlers.order_refunds import handler
from tests.commerce.calls import ADMIN, call
from tests.commerce.orders.examples import LATER
from tests.commerce.orders.shop import Shop
from tests.shared.gateway_events import access_claims

pytestmark = pytest.mark.usefixtures("edge", "shop")

ADA, KEY = access_claims("ada"), {"Idempotency-Key": "k1"}


def gbp(amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": "GBP"}


def cancel(order_id: str, claims: Any = ADA) -> tuple[int, Any]:
    return call(handler, "POST /orders/{orderId}/cancel", claims=claims, orderId=order_id)


def refund(order_id: str, body: object, **more: Any) -> tuple[int, Any]:
    given = {"claims": ADMIN, "headers": KEY} | more
    return call(handler, "POST /admin/orders/{orderId}/refunds", body, orderId=order_id, **given)


def test_customers_cancel_their_order_and_have_the_money_back(shop: Shop) -> None:
    status, order = cancel(shop.order_id)

    assert status == 200
    assert (order["status"], order["payment"], order["refunded"]) == ("cancelled", "refunded", gbp(4595))
    assert cancel(shop.order_id) == (200, order)


def test_order_that_was_sent_is_a_conflict(shop: Shop) -> None:
    shop.orders.by_id[shop.order_id] = shop.order.fulfilled(Fulfilment(LATER, "tom", None, None))

    status, problem = cancel(shop.order_id)

    assert (status, problem["detail"]) == (409, "The order is fulfilled already.")


@pytest.mark.parametrize("claims", [access_claims("bob"), access_claims("sue", "staff"), access_claims("f", "finance")])
def test_orders_of_others_are_not_there(shop: Shop, claims: Any) -> None:
    theirs, nothing = cancel(shop.order_id, claims), cancel("nothing", claims)

    assert theirs[0] == nothing[0] == 404
    assert theirs[1]["detail"] == nothing[1]["detail"]
    assert shop.order.version == 0


def test_admins_cancel_anyones() -> None:
    assert cancel("nothing", ADMIN)[0] == 404


@pytest.mark.parametrize(
    ("body", "given_back"),
    [
        ({}, 4595),
        ({"amount": gbp(100)}, 100),
        ({"lines": [{"productId": "teapot", "quantity": 1}, {"productId": "nursing", "quantity": 1}]}, 3350),
    ],
    ids=["in full", "an amount", "lines"],
)
def test_admins_refund(shop: Shop, body: dict[str, Any], given_back: int) -> None:
    status, order = refund(shop.order_id, body | {"reason": "Broken"})

    assert (status, order["refunded"]) == (200, gbp(given_back))
    [made] = order["refunds"]
    assert (made["amount"], made["status"], made["reason"], made["by"]) == (
        gbp(given_back),
        "succeeded",
        "Broken",
        "tom",
    )
    assert sum(line["amount"]["amount"] for line in made["lines"]) == given_back
    assert sum(line["refunded"]["amount"] for line in order["lines"]) == min(given_back, 4200)


def test_key_refunds_once(shop: Shop) -> None:
    body = {"amount": gbp(100), "reason": "Broken"}

    first, again = refund(shop.order_id, body), refund(shop.order_id, body)

    assert first == again
    assert shop.order.refunded.amount == 100
    assert refund(shop.order_id, body | {"reason": "Another"})[0] == 422
    assert refund(shop.order_id, body, headers={"Idempotency-Key": "k2"})[1]["refunded"] == gbp(200)


def test_refund_needs_a_key(shop: Shop) -> None:
    status, problem = refund(shop.order_id, {"reason": "Broken"}, headers={})

    assert (status, problem["errors"][0]["field"]) == (400, "Idempotency-Key")
    assert shop.order.version == 0


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"amount": gbp(4596)}, "amount.amount"),
        ({"amount": gbp(0)}, "amount.amount"),
        ({"amount": gbp(-1)}, "amount.amount"),
        ({"amount": {"amount": 1, "currency": "USD"}}, "amount.currency"),
        ({"amount": None}, "amount"),
        ({"lines": []}, "lines"),
        ({"lines": None}, "lines"),
        ({"lines": [{"productId": "teapot", "quantity": 3}]}, "lines[0].quantity"),
        ({"lines": [{"productId": "teapot", "quantity": 0}]}, "lines[0].quantity"),
        ({"lines": [{"productId": "cup", "quantity": 1}]}, "lines[0].productId"),
        ({"lines": [{"productId": "teapot", "quantity": 1}] * 2}, "body"),
        ({"amount": gbp(1), "lines": [{"productId": "teapot", "quantity": 1}]}, "body"),
        ({"reason": " "}, "reason"),
        ({"reason": "x" * 501}, "reason"),
        ({"by": "ada"}, "by"),
    ],
)
def test_errors_are_listed_by_field_and_nothing_is_refunded(shop: Shop, body: dict[str, Any], field: str) -> None:
    status, problem = refund(shop.order_id, {"reason": "Broken"} | body)

    assert (status, problem["errors"][0]["field"]) == (422, field)
    assert shop.order.version == 0
    assert shop.provider.all_refunds == []


def test_nothing_left_is_a_conflict(shop: Shop) -> None:
    refund(shop.order_id, {"reason": "Broken"})

    assert refund(shop.order_id, {"reason": "Broken"}, headers={"Idempotency-Key": "k2"})[0] == 409


def test_order_that_is_not_there_is_not_found() -> None:
    assert refund("nothing", {"reason": "Broken"})[0] == 404


@pytest.mark.parametrize("groups", [None, "staff", "finance"])
def test_nobody_refunds_but_admins(shop: Shop, groups: str | None) -> None:
    assert refund(shop.order_id, "not even read", claims=access_claims("ada", groups))[0] == 403
