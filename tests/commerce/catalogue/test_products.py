from typing import Any

import pytest

from commerce.catalogue.domain.products import Status
from commerce.catalogue.handlers.products import handler
from shared.money import Money
from tests.commerce.calls import call
from tests.commerce.catalogue.fakes import FakeProducts
from tests.commerce.examples import a_donation_item, a_product
from tests.shared.gateway_events import rest_event
from tests.shared.http_answers import headers_of
from tests.shared.lambda_context import CONTEXT

pytestmark = pytest.mark.usefixtures("edge", "products")

TEAPOT = {
    "productId": "teapot",
    "kind": "goods",
    "name": "Enamel teapot",
    "description": "A blue enamel teapot, hardly used.",
    "category": "Homeware",
    "tags": ["kitchen", "vintage"],
    "price": {"amount": 850, "currency": "GBP"},
    "stock": 4,
    "status": "active",
    "images": [
        {
            "imageId": "front",
            "url": "https://images.example.org/images/teapot/front.png",
            "urls": dict.fromkeys(("320", "800", "1600"), "https://images.example.org/images/teapot/front.png"),
            "alt": "A blue teapot",
            "width": 640,
            "height": 480,
        }
    ],
    "version": 1,
    "createdAt": "2026-02-03T04:05:06.789Z",
    "updatedAt": "2026-02-03T04:05:06.789Z",
}


def listed(**query: str) -> tuple[int, Any]:
    return call(handler, "GET /products", query=query)


def ids(**query: str) -> list[str]:
    status, answer = listed(**query)
    assert status == 200, answer
    return [item["productId"] for item in answer["items"]]


def test_everybody_reads_a_product() -> None:
    assert call(handler, "GET /products/{productId}", productId="teapot") == (200, TEAPOT)


def test_donation_item_has_no_stock(products: FakeProducts) -> None:
    products.add(a_donation_item())

    _, item = call(handler, "GET /products/{productId}", productId="nursing")

    assert (item["kind"], item["stock"]) == ("donation", None)


def test_archived_product_can_still_be_read_and_is_not_listed(products: FakeProducts) -> None:
    products.edit(a_product(), a_product(version=2, status=Status.ARCHIVED))

    status, item = call(handler, "GET /products/{productId}", productId="teapot")

    assert (status, item["status"]) == (200, "archived")
    assert ids() == []


@pytest.mark.parametrize("product_id", ["draft", "nothing", "no id!", "x" * 129])
def test_draft_is_not_there_and_neither_is_what_never_was(products: FakeProducts, product_id: str) -> None:
    products.add(a_product("draft", status=Status.DRAFT))

    status, problem = call(handler, "GET /products/{productId}", productId=product_id)

    assert (status, problem["title"]) == (404, "Not Found")
    assert ids() == ["teapot"]


def test_list_holds_whole_products_and_may_be_cached() -> None:
    assert listed() == (200, {"items": [TEAPOT], "nextCursor": None})

    answer = handler(rest_event(resource="/products"), CONTEXT)
    assert headers_of(answer)["Cache-Control"] == "public, max-age=60"


def test_refusal_is_not_cached() -> None:
    answer = handler(rest_event(resource="/products", query={"sort": "colour"}), CONTEXT)

    assert (answer["statusCode"], headers_of(answer)["Cache-Control"]) == (422, "no-store")


def test_cursor_goes_on_in_the_same_list(products: FakeProducts) -> None:
    for amount in (100, 200, 300):
        products.add(a_product(f"p{amount}", price=Money(amount, "GBP")))
    _, first = listed(sort="price", limit="3")

    cursor = first["nextCursor"]

    assert ids(sort="price", limit="3", cursor=cursor) == ["teapot"]
    assert ids(sort="price", limit="1", cursor=cursor) == ["teapot"]


@pytest.mark.parametrize("other", [{"sort": "-price"}, {"sort": "price", "category": "Homeware"}, {"sort": "newest"}])
def test_cursor_of_another_list_is_refused(products: FakeProducts, other: dict[str, str]) -> None:
    products.add(a_product("another"))
    _, first = listed(sort="price", limit="1")

    status, problem = listed(cursor=first["nextCursor"], **other)

    assert (status, problem["errors"][0]["field"]) == (400, "cursor")


def test_range_of_prices_sorts_by_price(products: FakeProducts) -> None:
    for amount in (300, 100, 200):
        products.add(a_product(f"p{amount}", price=Money(amount, "GBP")))

    assert ids(minPrice="100", maxPrice="200") == ["p100", "p200"]
    assert ids(minPrice="200", sort="-price") == ["teapot", "p300", "p200"]


@pytest.mark.parametrize("category", ["Caf\u00e9 bar", " Cafe\u0301  bar"])
def test_category_is_found_however_it_is_typed(products: FakeProducts, category: str) -> None:
    products.add(a_product("cup", category="Caf\u00e9 bar"))

    assert ids(category=category) == ["cup"]


@pytest.mark.parametrize(
    ("query", "status", "field"),
    [
        ({"sort": "name"}, 422, "sort"),
        ({"sort": "newest", "maxPrice": "5"}, 422, "sort"),
        ({"minPrice": "6", "maxPrice": "5"}, 422, "minPrice"),
        ({"minPrice": "-1"}, 400, "minPrice"),
        ({"maxPrice": "1.5"}, 400, "maxPrice"),
        ({"maxPrice": "NaN"}, 400, "maxPrice"),
        ({"maxPrice": "9" * 20}, 400, "maxPrice"),
        ({"limit": "0"}, 400, "limit"),
        ({"limit": "101"}, 400, "limit"),
        ({"category": " "}, 400, "category"),
        ({"cursor": "AAAA"}, 400, "cursor"),
    ],
)
def test_query_that_makes_no_sense_is_explained(query: dict[str, str], status: int, field: str) -> None:
    answered, problem = listed(**query)

    assert (answered, problem["errors"][0]["field"]) == (status, field)
