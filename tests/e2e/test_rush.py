"""A hundred customers who want what there are ten of, on the running platform."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.commerce.checkout.examples import SENT_ADDRESS
from tests.e2e.clients import Api, Platform, User, eventually, is_problem

pytestmark = pytest.mark.platform

BUYERS, UNITS, THREADS = 100, 10, 32
RARE = {"name": "Rare cup", "category": "Homeware", "price": {"amount": 250, "currency": "GBP"}}
ENDED = {"completed", "out-of-stock"}


@pytest.fixture
def shop(commerce: Callable[..., Api], admin: User) -> Api:
    return commerce(admin)


def test_of_a_hundred_customers_ten_get_the_ten_there_are(
    platform: Platform, commerce: Callable[..., Api], shop: Api
) -> None:
    product_id = shop("POST", "/products", json=RARE | {"stock": UNITS}).json()["productId"]
    path = f"/products/{product_id}"

    def customer(_: int) -> Api:
        api = commerce(platform.sign_up("Ada"))
        assert api("PUT", f"/cart/items/{product_id}", json={"quantity": 1}).status_code == 200
        return api

    def buy(api: Api) -> str | None:
        wanted = {"paymentMethodId": "pm_card_visa", "delivery": SENT_ADDRESS}
        answer = api("POST", "/checkout", json=wanted, headers={"Idempotency-Key": uuid.uuid4().hex})
        if answer.status_code == 409:  # it was gone before this customer came
            assert "sold out" in answer.text
            return None
        assert answer.status_code == 202, answer.text
        return str(answer.json()["checkoutId"])

    def edit() -> list[Any]:
        """An admin's PUT, and an import of what the product was before anybody bought it."""
        described = shop("PUT", path, json=RARE | {"description": "Few are left."})
        imported = shop("POST", "/products/imports", json=[RARE | {"productId": product_id, "stock": UNITS}])
        return [described.status_code, imported.json()["failed"]]

    with ThreadPoolExecutor(8) as arriving:
        customers = list(arriving.map(customer, range(BUYERS)))
    with ThreadPoolExecutor(THREADS) as buying:
        checkouts = buying.map(buy, customers)
        edited = [edit() for _ in range(3)]
        begun = [(api, checkout_id) for api, checkout_id in zip(customers, checkouts, strict=True) if checkout_id]

    statuses = [ended(*each) for each in begun]

    assert statuses.count("completed") == UNITS
    assert edited == [[200, 0]] * 3
    assert moved(platform, product_id) == -UNITS
    assert shop.get(f"/admin{path}").json()["stock"] == 0
    assert is_problem(shop("PUT", path, json=RARE | {"stock": UNITS}), 409)["errors"][0]["field"] == "stock"


def ended(customer: Api, checkout_id: str) -> str:
    """How the checkout has ended."""

    def status() -> str:
        return str(customer.get(f"/checkout/{checkout_id}").json()["status"])

    eventually(lambda: status() in ENDED)
    return status()


def moved(platform: Platform, product_id: str) -> int:
    """The sum of the product's movements."""
    [table] = [name for name in platform.tables if "StockMovements" in name]
    pages = platform.aws("dynamodb").get_paginator("scan").paginate(TableName=table)
    lines = [line["M"] for page in pages for item in page["Items"] for line in item["lines"]["L"]]
    return sum(int(line["change"]["N"]) for line in lines if line["productId"]["S"] == product_id)
