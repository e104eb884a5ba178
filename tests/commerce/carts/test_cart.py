import json
from typing import Any

import pytest

from commerce.carts.domain.cart import MAX_LINES
from commerce.carts.handlers import guest_cart
from commerce.carts.handlers.cart import handler
from commerce.catalogue.domain.products import Status
from shared.money import Money
from tests.commerce.calls import call
from tests.commerce.carts.fakes import FakeCarts
from tests.commerce.catalogue.fakes import FakeProducts
from tests.commerce.examples import a_donation_item, a_product
from tests.shared.gateway_events import access_claims

pytestmark = pytest.mark.usefixtures("edge", "carts")

ADA, BOB = access_claims("ada"), access_claims("bob")
NOTHING = {"amount": 0, "currency": "GBP"}
ITEM = "PUT /cart/items/{productId}"


def put(product_id: str = "teapot", body: object = None, claims: Any = ADA, **fields: object) -> tuple[int, Any]:
    return call(handler, ITEM, fields if body is None else body, claims=claims, productId=product_id)


def cart(claims: Any = ADA) -> Any:
    status, answer = call(handler, "GET /cart", claims=claims)
    assert status == 200, answer
    return answer


def quantities(answer: Any) -> dict[str, int]:
    return {line["productId"]: line["quantity"] for line in answer["lines"]}


def a_guests_cart(**quantities_: int) -> str:
    """The id of a guest's cart with these lines."""
    _, issued = call(guest_cart.handler, "POST /guest-carts")
    for product_id, quantity in quantities_.items():
        item, headers = "PUT /guest-cart/items/{productId}", {"X-Cart-Id": issued["cartId"]}
        status, _ = call(guest_cart.handler, item, {"quantity": quantity}, headers=headers, productId=product_id)
        assert status == 200
    return str(issued["cartId"])


def merge(cart_id: object, claims: Any = ADA) -> tuple[int, Any]:
    return call(handler, "POST /cart/merges", {"cartId": cart_id}, claims=claims)


def test_cart_in_which_nothing_was_put_is_empty() -> None:
    totals = {"goods": NOTHING, "donations": NOTHING}
    assert cart() == {"lines": [], "total": NOTHING, "totals": totals, "version": 0, "expiresAt": None}


def test_line_shows_what_it_costs_and_the_totals_keep_donations_apart() -> None:
    put("teapot", quantity=2)

    status, answer = put("nursing", quantity=3)

    assert (status, cart()) == (200, answer)
    assert answer["lines"] == [
        {
            "productId": "teapot",
            "name": "Enamel teapot",
            "kind": "goods",
            "quantity": 2,
            "unitPrice": {"amount": 850, "currency": "GBP"},
            "amount": None,
            "lineTotal": {"amount": 1700, "currency": "GBP"},
            "available": True,
            "reason": None,
            "left": 4,
            "changes": [],
            "image": {
                "imageId": "front",
                "url": "https://images.example.org/images/teapot/front.png",
                "urls": dict.fromkeys(("320", "800", "1600"), "https://images.example.org/images/teapot/front.png"),
                "alt": "A blue teapot",
                "width": 640,
                "height": 480,
            },
        },
        {
            "productId": "nursing",
            "name": "An hour of nursing",
            "kind": "donation",
            "quantity": 3,
            "unitPrice": {"amount": 2500, "currency": "GBP"},
            "amount": None,
            "lineTotal": {"amount": 7500, "currency": "GBP"},
            "available": True,
            "reason": None,
            "left": None,
            "changes": [],
            "image": None,
        },
    ]
    assert answer["total"] == {"amount": 9200, "currency": "GBP"}
    assert answer["totals"]["goods"]["amount"] == 1700
    assert answer["totals"]["donations"]["amount"] == 7500
    assert answer["version"] == 2
    assert answer["expiresAt"].endswith("Z")


def test_customers_give_what_they_like_for_a_donation_item(products: FakeProducts) -> None:
    status, answer = put("nursing", quantity=2, amount=1_500)

    products.by_id["nursing"] = a_donation_item(price=Money(9_900, "GBP"))
    assert (status, cart()) == (200, answer)
    [line] = answer["lines"]
    assert (line["amount"], line["unitPrice"]) == (1_500, {"amount": 1_500, "currency": "GBP"})
    assert line["lineTotal"] == answer["totals"]["donations"] == {"amount": 3_000, "currency": "GBP"}
    assert line["changes"] == []


def test_amount_stays_until_another_is_sent_or_the_line_is_removed() -> None:
    put("nursing", quantity=1, amount=1_500)

    assert put("nursing", quantity=3)[1]["lines"][0]["amount"] == 1_500
    assert put("nursing", quantity=3, amount=2_000)[1]["lines"][0]["amount"] == 2_000
    call(handler, "DELETE /cart/items/{productId}", claims=ADA, productId="nursing")
    assert put("nursing", quantity=3)[1]["lines"][0]["amount"] is None


@pytest.mark.parametrize(
    ("product_id", "amount"),
    [
        ("teapot", 1_500),
        *(("nursing", amount) for amount in (0, -1, 1, 99, 10**11 + 1, 1.5, "1500", True, None)),
        ("nursing", {"amount": 1_500, "currency": "GBP"}),
    ],
)
def test_amount_is_of_a_donation_item_and_within_limits(product_id: str, amount: object, carts: FakeCarts) -> None:
    status, problem = put(product_id, quantity=1, amount=amount)

    assert (status, problem["errors"][0]["field"]) == (422, "amount")
    assert carts.writes == 0


@pytest.mark.parametrize("amount", [100, 10**11])
def test_smallest_and_largest_gift_are_taken(amount: int) -> None:
    assert put("nursing", quantity=1, amount=amount)[1]["total"]["amount"] == amount


def test_guest_s_gift_keeps_its_amount_when_it_is_merged() -> None:
    guest = a_guests_cart()
    item, headers = "PUT /guest-cart/items/{productId}", {"X-Cart-Id": guest}
    body = {"quantity": 1, "amount": 1_500}
    assert call(guest_cart.handler, item, body, headers=headers, productId="nursing")[0] == 200

    assert merge(guest)[1]["lines"][0]["amount"] == 1_500


def test_putting_says_how_many_there_are_and_adds_nothing() -> None:
    for quantity in (2, 3, 3, 1):
        assert put(quantity=quantity)[0] == 200

    assert quantities(cart()) == {"teapot": 1}
    assert cart()["version"] == 4 - 1


def test_changes_are_listed_on_every_reading_until_the_line_is_put_again(products: FakeProducts) -> None:
    put(quantity=2)
    products.by_id["teapot"] = a_product(price=Money(900, "GBP"), stock=1)

    for _ in range(2):
        [line] = cart()["lines"]
        assert line["changes"] == [
            {
                "field": "unitPrice",
                "from": {"amount": 850, "currency": "GBP"},
                "to": {"amount": 900, "currency": "GBP"},
            },
            {"field": "stock", "from": 4, "to": 1},
        ]
        assert (line["available"], line["reason"], line["left"]) == (False, "too-few", 1)
        assert cart()["total"] == NOTHING

    [line] = put(quantity=1)[1]["lines"]
    assert (line["changes"], line["available"]) == ([], True)


def test_carts_are_of_one_user_each() -> None:
    put(quantity=2)

    assert quantities(cart(BOB)) == {}


@pytest.mark.parametrize(
    "route", ["GET /cart", "DELETE /cart", ITEM, "DELETE /cart/items/{productId}", "POST /cart/merges"]
)
def test_nobody_has_no_cart(route: str) -> None:
    assert call(handler, route, "not even JSON", productId="teapot")[0] == 401


@pytest.mark.parametrize(
    ("quantity", "word"),
    [
        (0, "DELETE"),
        (-1, "at least 1"),
        (100, "at most 99"),
        (10**30, ""),
        (1.0, "whole number"),
        (1.5, "whole number"),
        (True, "whole number"),
        ("5", "whole number"),
        (None, "whole number"),
        ([1], "whole number"),
        ({"amount": 1}, "whole number"),
    ],
)
def test_quantity_is_a_whole_number_from_one_to_ninety_nine(quantity: object, word: str, carts: FakeCarts) -> None:
    status, problem = put(quantity=quantity)

    assert status == 422
    [error] = problem["errors"]
    assert error["field"] == "quantity"
    assert word in error["message"]
    assert carts.writes == 0


@pytest.mark.parametrize(
    ("body", "expected", "field"),
    [
        ("", 400, None),
        ("{", 400, None),
        ('{"quantity": NaN}', 400, None),
        ('{"quantity": 1e400}', 400, None),
        ('{"quantity": 1, "quantity": 2}', 400, None),
        ('{"quantity": ' + "[" * 40 + "]" * 40 + "}", 400, None),
        ('{"quantity": 1, "\\ud800": 1}', 400, None),
        ("[]", 422, "body"),
        ("null", 422, "body"),
        ("{}", 422, "quantity"),
        ('{"quantity": 1, "price": 1}', 422, "price"),
        ('{"quantity": 1, "version": null}', 422, "version"),
        ('{"quantity": 1, "version": -1}', 422, "version"),
        ('{"quantity": 1, "version": "1"}', 422, "version"),
        (json.dumps({"quantity": 1} | dict.fromkeys(map(str, range(100_000)), 1)), 413, None),
        (json.dumps({"quantity": 1} | dict.fromkeys(map(str, range(400)), 1)), 422, "0"),
    ],
)
def test_body_that_is_no_line_is_refused(body: str, expected: int, field: str | None, carts: FakeCarts) -> None:
    status, problem = put(body=body)

    assert (status, problem["status"]) == (expected, expected)
    if field:
        assert problem["errors"][0]["field"] == field
    assert carts.writes == 0


@pytest.mark.parametrize("product_id", ["nothing", "draft", "\ud800", "a b", "../teapot", "x" * 129, "", "té"])
def test_what_customers_cannot_see_is_not_there(product_id: str, products: FakeProducts, carts: FakeCarts) -> None:
    products.by_id["draft"] = a_product("draft", status=Status.DRAFT)

    assert put(product_id, quantity=1)[0] == 404
    assert carts.writes == 0


def test_more_than_there_are_may_stand_in_a_cart_which_says_what_is_left(products: FakeProducts) -> None:
    status, cart = put(quantity=5)
    [line] = cart["lines"]
    assert (status, line["available"], line["reason"], line["left"]) == (200, False, "too-few", 4)

    products.by_id["teapot"] = a_product(stock=0)
    assert put(quantity=5)[1]["lines"][0]["reason"] == "sold-out"


def test_what_is_not_offered_any_more_is_refused(products: FakeProducts) -> None:
    products.by_id["teapot"] = a_product(status=Status.ARCHIVED)
    status, problem = put(quantity=1)
    assert (status, problem["errors"]) == (409, [{"field": "productId", "message": "is no longer on sale"}])


def test_archived_product_may_stay_and_counts_nothing(products: FakeProducts) -> None:
    put("teapot", quantity=1)
    put("nursing", quantity=1)
    products.by_id["teapot"] = a_product(status=Status.ARCHIVED)

    answer = cart()

    assert [(line["available"], line["reason"]) for line in answer["lines"]] == [(False, "not-offered"), (True, None)]
    assert answer["lines"][0]["changes"] == [{"field": "status", "from": "active", "to": "archived"}]
    assert answer["total"]["amount"] == 2500


def test_version_that_has_been_seen_must_be_the_carts() -> None:
    put(quantity=1, version=0)
    put("nursing", quantity=1)

    status, problem = put(quantity=3, version=1)

    assert status == 409
    assert problem["errors"] == [{"field": "version", "message": "is 2 now"}]
    assert put(quantity=1, version=1)[0] == 200  # it stands there already
    assert put(quantity=3, version=2)[1]["version"] == 3


def test_full_cart_is_a_conflict(products: FakeProducts) -> None:
    for number in range(MAX_LINES + 1):
        products.by_id[f"cup-{number}"] = a_product(f"cup-{number}")
        status, answer = put(f"cup-{number}", quantity=1)

    assert (status, len(cart()["lines"])) == (409, MAX_LINES)
    assert "100 lines" in answer["detail"]


def test_removed_line_is_gone_and_removing_what_is_not_there_changes_nothing() -> None:
    put("teapot", quantity=1)
    put("nursing", quantity=1)

    removed = call(handler, "DELETE /cart/items/{productId}", claims=ADA, productId="teapot")

    assert quantities(removed[1]) == {"nursing": 1}
    for product_id in ("teapot", "nothing"):
        assert call(handler, "DELETE /cart/items/{productId}", claims=ADA, productId=product_id) == removed


def test_cart_is_emptied_once() -> None:
    put(quantity=1)

    emptied = call(handler, "DELETE /cart", claims=ADA)

    assert (emptied[0], emptied[1]["lines"], emptied[1]["version"]) == (200, [], 2)
    assert call(handler, "DELETE /cart", claims=ADA) == emptied


def test_guests_cart_is_merged_once_however_often_the_request_comes() -> None:
    put("nursing", quantity=60)
    guest = a_guests_cart(nursing=60, teapot=1)

    merged = merge(guest)

    assert (merged[0], quantities(merged[1])) == (200, {"nursing": 99, "teapot": 1})
    assert [merge(guest) for _ in range(3)] == [merged] * 3
    assert cart() == merged[1]


def test_guests_cart_of_another_user_is_a_conflict() -> None:
    guest = a_guests_cart(teapot=1)
    merge(guest)

    status, problem = merge(guest, BOB)

    assert status == 409
    assert "another user" in problem["detail"]
    assert "ada" not in json.dumps(problem)


@pytest.mark.parametrize("cart_id", ["forged", "user#bob", "guest#1", "x" * 128])
def test_forged_id_of_a_guests_cart_is_not_there(cart_id: str) -> None:
    assert merge(cart_id)[0] == 404


@pytest.mark.parametrize("cart_id", ["", "x" * 129, None, 1])
def test_what_cannot_be_an_id_is_invalid(cart_id: object) -> None:
    status, problem = merge(cart_id)

    assert (status, problem["errors"][0]["field"]) == (422, "cartId")
