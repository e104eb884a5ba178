"""What the cart costs in DynamoDB: round trips that follow one another, and no more than needed."""

import uuid
from collections.abc import Iterator

import pytest

from commerce.carts.adapters.carts import DynamoCarts
from commerce.carts.domain.cart import cart_of_guest, cart_of_user
from commerce.carts.domain.cart_service import CartService
from commerce.catalogue.adapters.products import DynamoProducts
from local.workspace import ROOT
from shared.dynamodb.connection import readers
from tests.commerce.examples import NOW, a_product
from tests.shared.dynamodb.dynamodb_calls import cost_of, rounds_of
from tests.shared.dynamodb.dynamodb_tables import tables_like

TEMPLATE = ROOT / "commerce" / "tables.yaml"
LINES = 20

pytestmark = [pytest.mark.emulator, pytest.mark.xdist_group("emulator")]


@pytest.fixture(scope="module")
def ids() -> list[str]:
    return [f"product-{number}" for number in range(LINES)]


@pytest.fixture
def service(local_aws: str, ids: list[str]) -> Iterator[CartService]:
    with tables_like(local_aws, TEMPLATE, ["CartsTable", "ProductsTable", "IdempotencyTable"]) as names:
        products = DynamoProducts(names["ProductsTable"], names["IdempotencyTable"])
        for product_id in [*ids, "another"]:
            products.add(a_product(product_id))
        yield CartService(DynamoCarts(names["CartsTable"]), products, "GBP", readers())


@pytest.fixture
def cart_id(service: CartService, ids: list[str]) -> str:
    """A user's cart of twenty lines."""
    cart_id = cart_of_user(uuid.uuid4().hex)
    for product_id in ids:
        service.put(cart_id, product_id, 1, None, NOW)
    return cart_id


def test_looking_into_a_cart_is_two_rounds(service: CartService, cart_id: str) -> None:
    expected = [["GetItem"], ["BatchGetItem"]]

    assert rounds_of(lambda: service.read(cart_id, NOW), *expected) == expected


@pytest.mark.parametrize("product_id", ["product-3", "another"])
def test_putting_a_line_is_two_rounds(service: CartService, cart_id: str, product_id: str) -> None:
    expected = [["BatchGetItem", "GetItem"], ["BatchGetItem", "UpdateItem"]]

    assert rounds_of(lambda: service.put(cart_id, product_id, 2, None, NOW), *expected) == expected


def test_putting_a_line_that_stands_there_writes_nothing(service: CartService, cart_id: str) -> None:
    expected = [["BatchGetItem", "GetItem"], ["BatchGetItem"]]

    assert rounds_of(lambda: service.put(cart_id, "product-3", 1, None, NOW), *expected) == expected


def test_removing_a_line_is_two_rounds(service: CartService, cart_id: str) -> None:
    expected = [["UpdateItem"], ["BatchGetItem"]]

    assert rounds_of(lambda: service.remove(cart_id, "product-3", NOW), *expected) == expected


def test_emptying_a_cart_is_one_round(service: CartService, cart_id: str) -> None:
    assert rounds_of(lambda: service.clear(cart_id, NOW), ["UpdateItem"]) == [["UpdateItem"]]


def test_merging_is_two_rounds_and_merging_again_writes_nothing(service: CartService, cart_id: str) -> None:
    guest, user_id = cart_of_guest(uuid.uuid4().hex), cart_id.removeprefix("user#")
    service.put(guest, "another", 1, None, NOW)
    first, again = [["BatchGetItem"], ["BatchGetItem", "TransactWriteItems"]], [["BatchGetItem"], ["BatchGetItem"]]

    assert rounds_of(lambda: service.merge(user_id, guest, NOW), *first) == first
    assert rounds_of(lambda: service.merge(user_id, guest, NOW), *again) == again


def test_products_of_an_empty_cart_are_not_read(service: CartService) -> None:
    assert cost_of(lambda: service.read("user#nobody", NOW)).calls == ["GetItem"]
