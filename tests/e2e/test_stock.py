"""Stock that moves while its product is edited, on the running platform."""

import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.e2e.clients import Api, User, eventually, is_problem

pytestmark = pytest.mark.platform

MOVES = 24


@pytest.fixture
def shop(commerce: Callable[..., Api], admin: User) -> Api:
    return commerce(admin)


def test_stock_that_moves_while_its_product_is_edited_adds_up_and_is_found(shop: Api) -> None:
    word = "zq" + "".join(secrets.choice("abcdefghijklm") for _ in range(10))
    product = {"name": f"Cup {word}", "category": "Oddities", "price": {"amount": 250, "currency": "GBP"}}
    added = shop("POST", "/products", json=product | {"stock": 2}).json()
    path = f"/products/{added['productId']}"

    def work(number: int) -> int:
        if number % 4 == 0:
            return shop("PUT", path, json=product | {"description": f"Edited {number}"}).status_code
        change = {"change": 3 if number % 2 else -1, "reason": "Counted"}
        return shop("POST", f"{path}/stock", json=change, headers={"Idempotency-Key": f"{word}-{number}"}).status_code

    shop("POST", f"{path}/stock", json={"change": MOVES, "reason": "A delivery", "seen": 2})
    with ThreadPoolExecutor(8) as admins:
        assert set(admins.map(work, range(MOVES))) == {200}
        assert set(admins.map(work, [number for number in range(MOVES) if number % 4])) == {200}  # once each

    stock = 2 + MOVES + 3 * MOVES // 2 - MOVES // 4
    assert shop.get(f"/admin{path}").json()["stock"] == stock
    eventually(lambda: [item["stock"] for item in shop.get(f"/search?q={word}").json()["items"]] == [stock])

    assert is_problem(shop("PUT", path, json=product | {"stock": 2}), 409)["errors"][0]["field"] == "stock"
    [line] = shop("POST", "/products/imports", json=[product | {"productId": added["productId"], "stock": 2}]).json()[
        "lines"
    ]
    assert [note["column"] for note in line["notes"]] == ["stock"]
    assert is_problem(shop("POST", f"{path}/stock", json={"change": -1, "reason": "Late", "seen": 2}), 409)
    assert shop.get(f"/admin{path}").json()["stock"] == stock


def test_of_a_hundred_at_once_who_take_one_of_ten_ten_get_it(shop: Api) -> None:
    product = {"name": "Rare cup", "category": "Oddities", "price": {"amount": 250, "currency": "GBP"}, "stock": 10}
    path = f"/products/{shop('POST', '/products', json=product).json()['productId']}"

    with ThreadPoolExecutor(32) as takers:
        taken = list(
            takers.map(
                lambda _: shop("POST", f"{path}/stock", json={"change": -1, "reason": "Taken"}).status_code, range(100)
            )
        )

    assert sorted(taken) == [200] * 10 + [409] * 90
    assert shop.get(f"/admin{path}").json()["stock"] == 0
