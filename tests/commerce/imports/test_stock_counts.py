"""Lines with nothing but a product and its stock, as whoever counts the shelves writes them."""

from typing import Any

import pytest

from commerce.catalogue.domain.products import Kind, Status
from commerce.imports.domain.reporting import Outcome
from tests.commerce.catalogue.fakes import FakeProducts
from tests.commerce.examples import a_donation_item, a_product
from tests.commerce.imports.files import LATER, imported, messages, outcomes


def counted(stock: int) -> bytes:
    return f"sku,stock\nteapot,{stock}\n".encode()


@pytest.mark.parametrize("has_moved", [False, True])
@pytest.mark.parametrize("stock", [0, 3, 20])
def test_stock_is_what_was_counted(stock: int, has_moved: bool) -> None:
    products = FakeProducts(a_product())
    if has_moved:
        products.move("teapot", -2)

    report = imported(counted(stock), products, now=LATER)

    assert outcomes(report) == [Outcome.UPDATED]
    found = products.by_id["teapot"]
    assert (found.stock, found.version) == (stock, 1)
    assert found.movements == 1 + has_moved
    assert found.opening_stock == 4


def test_same_count_changes_nothing() -> None:
    products = FakeProducts(a_product())

    assert outcomes(imported(counted(4), products, now=LATER)) == [Outcome.UNCHANGED]
    assert products.by_id == {"teapot": a_product()}


def test_trial_changes_nothing() -> None:
    products = FakeProducts(a_product())

    assert outcomes(imported(counted(9), products, is_trial=True)) == [Outcome.UPDATED]
    assert products.by_id == {"teapot": a_product()}


def test_what_is_sold_while_the_stock_is_set_is_not_lost() -> None:
    """The stock is what was counted at the moment of the import; what is sold after it is sold."""

    class Selling(FakeProducts):
        def find_many(self, product_ids: Any) -> Any:
            found = super().find_many(product_ids)
            self.move("teapot", -1)
            return found

    products = Selling(a_product())

    assert outcomes(imported(counted(9), products, now=LATER)) == [Outcome.UPDATED]
    assert products.by_id["teapot"].stock == 9
    assert products.by_id["teapot"].movements == 2  # the sale, and 9 instead of 3


def test_stock_that_was_seen_has_to_be_the_current_one() -> None:
    products = FakeProducts(a_product())
    products.move("teapot", -1)
    file = b"sku,stock,seen\nteapot,9,4\n"

    assert messages(imported(file, products)) == {2: {"seen": "is 3 now: check what has happened, then retry"}}
    assert outcomes(imported(b"sku,stock,seen\nteapot,9,3\n", products, now=LATER)) == [Outcome.UPDATED]
    assert products.by_id["teapot"].stock == 9
    assert outcomes(imported(b"sku,stock,seen\nteapot,9,3\n", products, import_id="i2")) == [Outcome.UNCHANGED]


def test_count_of_what_the_shop_does_not_have_is_an_error() -> None:
    report = imported(b"sku,stock\nkettle,4\n", FakeProducts(a_product()))

    assert messages(report) == {2: {"sku": "is not in the shop: a new product needs name, category and price"}}


def test_donation_item_has_no_count() -> None:
    products = FakeProducts(a_donation_item("meal"))

    assert messages(imported(b"sku,stock\nmeal,4\n", products))[2].keys() == {"stock"}
    assert products.by_id["meal"].kind is Kind.DONATION


def test_archived_products_are_counted_where_they_are() -> None:
    products = FakeProducts(a_product(status=Status.ARCHIVED))

    assert outcomes(imported(counted(9), products, now=LATER)) == [Outcome.UPDATED]
    assert products.by_id["teapot"].status is Status.ARCHIVED


@pytest.mark.parametrize("stock", ["-1", "1000001", "many"])
def test_impossible_count_is_an_error(stock: str) -> None:
    products = FakeProducts(a_product())

    assert messages(imported(f"sku,stock\nteapot,{stock}\n".encode(), products))[2].keys() == {"stock"}
    assert products.by_id["teapot"].stock == 4


def test_prices_alone_are_a_file_too() -> None:
    products = FakeProducts(a_product())

    report = imported("sku,price\nteapot,£9.25\nkettle,£3.00\n".encode(), products, now=LATER)

    assert outcomes(report) == [Outcome.UPDATED, Outcome.FAILED]
    assert products.by_id["teapot"].price.amount == 925
    assert products.by_id["teapot"].stock == 4
    assert messages(report)[3].keys() == {"name", "category", "stock"}


def test_seen_is_for_counts_only() -> None:
    line = {"productId": "teapot", "price": "9", "stock": 5, "seen": 4}

    assert messages(imported([line], FakeProducts(a_product())))[1].keys() == {"seen"}
