"""The sample shop of `make up`: five hundred products with images, in lists and in search."""

from collections.abc import Callable
from typing import Any

import pytest
import requests

from tests.e2e.clients import Api, eventually

pytestmark = pytest.mark.platform


@pytest.fixture
def window(commerce: Callable[..., Api]) -> Api:
    return commerce()


def test_every_product_is_in_the_window_with_a_picture(window: Api) -> None:
    products, cursor = dict[str, Any](), ""
    while cursor is not None:
        page = window.get(f"/products?limit=100{cursor and f'&cursor={cursor}'}").json()
        products |= {item["productId"]: item for item in page["items"]}
        cursor = page["nextCursor"]
    samples = [product for product_id, product in products.items() if product_id.startswith("sample-")]

    assert len(samples) == 500
    assert len({product["category"] for product in samples}) == 12
    for product in samples[::50]:
        [image] = product["images"]
        served = requests.get(image["url"], timeout=10)
        assert (served.status_code, served.headers["Content-Type"]) == (200, "image/png")
        assert served.content.startswith(b"\x89PNG")


def test_donation_items_stand_beside_the_goods(window: Api) -> None:
    page = window.get("/products?category=Gifts that care&sort=price&limit=100").json()

    assert {item["kind"] for item in page["items"]} == {"donation"}
    assert all(item["stock"] is None for item in page["items"])
    assert "A day of nursing care" in {item["name"] for item in page["items"]}


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [("teepot", "teapot"), ("corduroi dungares", "corduroy dungarees"), ("nursng", "A day of nursing care")],
)
def test_samples_are_found_in_spite_of_typos(window: Api, typed: str, wanted: str) -> None:
    eventually(lambda: wanted in str([item["name"] for item in window.get(f"/search?q={typed}").json()["items"]]))
