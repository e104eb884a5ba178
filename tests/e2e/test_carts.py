"""Carts of users and guests, on the running platform."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from tests.e2e.clients import Api, Platform, User, is_problem

pytestmark = pytest.mark.platform

CUP = {"name": "China cup", "category": "Homeware", "price": {"amount": 250, "currency": "GBP"}, "stock": 500}


@pytest.fixture
def shop(commerce: Callable[..., Api], admin: User) -> Api:
    return commerce(admin)


@pytest.fixture
def ada(platform: Platform, commerce: Callable[..., Api]) -> Api:
    return commerce(platform.sign_up("Ada"))


@pytest.fixture
def guest(commerce: Callable[..., Api]) -> Api:
    """A guest with a cart of their own."""
    api: Api = commerce()
    issued = api("POST", "/guest-carts")
    assert issued.status_code == 201, issued.text
    api.headers |= {"X-Cart-Id": issued.json()["cartId"]}
    return api


def add(shop: Api, **changes: Any) -> str:
    details = {name: value for name, value in (CUP | changes).items() if value is not None}
    answer = shop("POST", "/products", json=details)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["productId"])


def put(api: Api, product_id: str, quantity: int = 1, **more: Any) -> requests.Response:
    cart = "/guest-cart" if "X-Cart-Id" in api.headers else "/cart"
    return api("PUT", f"{cart}/items/{product_id}", json={"quantity": quantity} | more)


def merge(api: Api, guest: Api) -> requests.Response:
    return api("POST", "/cart/merges", json={"cartId": guest.headers["X-Cart-Id"]})


def quantities(answer: requests.Response) -> dict[str, int]:
    assert answer.status_code == 200, answer.text
    return {line["productId"]: line["quantity"] for line in answer.json()["lines"]}


def test_cart_shows_todays_prices_and_keeps_donations_apart(shop: Api, ada: Api) -> None:
    cup, gift = add(shop, stock=4), add(shop, kind="donation", price={"amount": 2500, "currency": "GBP"}, stock=None)
    put(ada, cup, 2)
    before = put(ada, gift, 1).json()
    assert before["totals"] == {
        "goods": {"amount": 500, "currency": "GBP"},
        "donations": {"amount": 2500, "currency": "GBP"},
    }
    assert ada.get("/cart").json() == before

    shop("PUT", f"/products/{cup}", json=CUP | {"stock": 1, "price": {"amount": 300, "currency": "GBP"}})

    line, _ = ada.get("/cart").json()["lines"]
    assert (line["available"], line["reason"], line["left"]) == (False, "too-few", 1)
    assert {change["field"] for change in line["changes"]} == {"unitPrice", "stock"}
    acknowledged = put(ada, cup, 1).json()
    assert acknowledged["lines"][0]["changes"] == []
    assert acknowledged["total"] == {"amount": 2800, "currency": "GBP"}

    shop("DELETE", f"/products/{cup}")
    assert ada.get("/cart").json()["total"] == {"amount": 2500, "currency": "GBP"}
    assert quantities(ada("DELETE", f"/cart/items/{cup}")) == {gift: 1}
    assert quantities(ada("DELETE", f"/cart/items/{cup}")) == {gift: 1}
    assert quantities(ada("DELETE", "/cart")) == {}


def test_fifty_writers_of_one_cart_at_once_lose_nothing(shop: Api, ada: Api) -> None:
    with ThreadPoolExecutor(8) as adding:
        ids = list(adding.map(lambda _: add(shop), range(50)))

    with ThreadPoolExecutor(50) as tabs:
        answers = list(tabs.map(lambda number: put(ada, ids[number], number + 1), range(50)))

    assert [answer.status_code for answer in answers] == [200] * 50
    assert all(quantities(answer)[ids[number]] == number + 1 for number, answer in enumerate(answers))
    assert quantities(ada.get("/cart")) == {product_id: number + 1 for number, product_id in enumerate(ids)}
    assert ada.get("/cart").json()["version"] == 50
    assert ada.get("/cart").json()["total"]["amount"] == 250 * sum(range(1, 51))


def test_of_fifty_writers_of_one_version_one_wins_and_the_others_hear_which_it_is(shop: Api, ada: Api) -> None:
    cup = add(shop)

    with ThreadPoolExecutor(50) as tabs:
        answers = list(tabs.map(lambda number: put(ada, cup, number + 1, version=0), range(50)))

    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 49
    for answer in answers:
        if answer.status_code == 409:
            assert is_problem(answer, 409)["errors"] == [{"field": "version", "message": "is 1 now"}]
    [winner] = [answer for answer in answers if answer.status_code == 200]
    assert quantities(ada.get("/cart")) == quantities(winner)


def test_guests_cart_becomes_a_users_once_while_others_write(
    shop: Api, ada: Api, guest: Api, platform: Platform, commerce: Callable[..., Api]
) -> None:
    with ThreadPoolExecutor(8) as adding:
        both, theirs, *mine = adding.map(lambda _: add(shop), range(14))
    put(ada, both, 60)
    put(guest, both, 60)
    put(guest, theirs, 7)

    with ThreadPoolExecutor(16) as tabs:
        writing = [tabs.submit(put, ada, product_id, 2) for product_id in mine]
        merging = [tabs.submit(merge, ada, guest) for _ in range(4)]
    statuses = [each.result().status_code for each in writing + merging]

    assert statuses == [200] * len(statuses)
    expected = {both: 99, theirs: 7} | dict.fromkeys(mine, 2)
    assert quantities(merge(ada, guest)) == quantities(ada.get("/cart")) == expected
    bob = commerce(platform.sign_up("Bob"))
    assert "another user" in is_problem(merge(bob, guest), 409)["detail"]
    assert quantities(bob.get("/cart")) == {}
    for refused in (put(guest, theirs), guest.get("/guest-cart"), guest("DELETE", "/guest-cart")):
        assert "sign in" in is_problem(refused, 409)["detail"]


def test_guest_needs_an_id_that_was_handed_out(guest: Api, commerce: Callable[..., Api], ada: Api) -> None:
    assert quantities(guest.get("/guest-cart")) == {}
    is_problem(commerce().get("/guest-cart"), 400)
    for forged in ("x", f"{guest.headers['X-Cart-Id']}A", "user#ada"):
        is_problem(commerce().get("/guest-cart", headers={"X-Cart-Id": forged}), 404)
        is_problem(ada("POST", "/cart/merges", json={"cartId": forged}), 404)
    is_problem(commerce().get("/cart"), 401)
    is_problem(commerce(api_key=None)("POST", "/guest-carts"), 403)


def test_browser_may_send_the_carts_id(commerce: Callable[..., Api]) -> None:
    headers = {"Origin": "http://localhost:5173", "Access-Control-Request-Method": "PUT"}

    preflight = commerce(api_key=None)("OPTIONS", "/guest-cart", headers=headers)

    assert "x-cart-id" in preflight.headers["Access-Control-Allow-Headers"].lower()


@pytest.mark.parametrize("quantity", ["0", "-1", "100", "1000000000000000000000000000000"])
def test_quantity_out_of_range_is_named(shop: Api, ada: Api, guest: Api, quantity: str) -> None:
    cup = add(shop)
    for api, path in ((ada, "/cart"), (guest, "/guest-cart")):
        headers = {"Content-Type": "application/json"}
        answer = api("PUT", f"{path}/items/{cup}", data=f'{{"quantity": {quantity}}}', headers=headers)
        assert is_problem(answer, 422)["errors"][0]["field"] == "quantity"


@pytest.mark.parametrize(
    "body",
    [
        '{"quantity": NaN}',
        '{"quantity": 1e400}',
        '{"quantity": true}',
        '{"quantity": "5"}',
        '{"quantity": 1.5}',
        '{"quantity": null}',
        '{"quantity": 1, "quantity": 2}',
        '{"quantity": 1, "price": 1}',
        '{"quantity": 1, "\\ud800": 1}',
        "[" * 10_000,
        '{"quantity": 1,' + ",".join(f'"k{number}": 0' for number in range(100_000)) + "}",
        "",
    ],
    ids=["nan", "infinite", "true", "text", "part", "null", "twice", "unknown", "surrogate", "deep", "keys", "empty"],
)
def test_hostile_bodies_are_refused(ada: Api, body: str) -> None:
    answer = ada("PUT", "/cart/items/cup", data=body.encode(), headers={"Content-Type": "application/json"})

    assert answer.status_code in {400, 413, 422}
    is_problem(answer, answer.status_code)


@pytest.mark.parametrize("product_id", ["nothing", "%ED%A0%80", "%00", "a%20b", "x" * 1000])
def test_odd_ids_are_not_there(ada: Api, product_id: str) -> None:
    is_problem(put(ada, product_id), 404)
