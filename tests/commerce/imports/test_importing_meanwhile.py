"""What others do to the catalogue while a file is imported, and what they have sold."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from commerce.catalogue.domain.products import Kind
from commerce.imports.domain.reporting import Outcome
from shared.money import Money
from tests.commerce.catalogue.fakes import FakeProducts
from tests.commerce.examples import a_product
from tests.commerce.imports.files import LATER, TEAPOT, a_file, a_line, imported, messages, notes, outcomes
from tests.commerce.imports.watched_products import WatchedProducts


def test_change_that_comes_between_is_met_once_more() -> None:
    def rename(products: WatchedProducts) -> None:
        current = products.by_id["teapot"]
        if current.version == 1:
            products.by_id["teapot"] = replace(current, description="Another.", version=2, revision=2)

    products = WatchedProducts(a_product(), before_write=rename)

    report = imported([TEAPOT | {"price": "9"}], products, now=LATER)

    assert outcomes(report) == [Outcome.UPDATED]
    assert products.by_id["teapot"] == a_product(
        price=Money(900, "GBP"), description="Another.", version=3, updated_at=LATER
    )


STAYS = {"stock": "has moved and is 3 now: leave it out, and change it by POST /products/{productId}/stock"}


@pytest.mark.parametrize("is_trial", [False, True])
def test_line_puts_back_nothing_that_was_sold_and_its_other_columns_count(is_trial: bool) -> None:
    products = FakeProducts(a_product())
    products.move("teapot", -1)
    line = TEAPOT | {"stock": 4}

    report = imported([line, line], products, is_trial=is_trial)
    changing = imported([line | {"price": "9"}], products, is_trial=is_trial)

    assert outcomes(report) == [Outcome.UNCHANGED] * 2
    assert outcomes(changing) == [Outcome.UPDATED]
    assert notes(report) == {1: STAYS, 2: STAYS}
    assert notes(changing) == {1: STAYS}
    found = products.by_id["teapot"]
    assert (found.stock, found.price.amount) == (3, 850 if is_trial else 900)


def test_stock_that_is_the_shop_s_needs_no_note() -> None:
    products = FakeProducts(a_product())
    products.move("teapot", -1)

    assert notes(imported([TEAPOT | {"stock": 3}, TEAPOT | {"stock": 3}], products)) == {}
    assert notes(imported([TEAPOT], products)) == {}


@pytest.mark.parametrize("line", [TEAPOT | {"price": "9"}, TEAPOT | {"price": "9", "stock": 9}])
def test_sale_while_a_line_is_imported_is_kept(line: dict[str, Any]) -> None:
    """Whether or not it is the product's first, which an import that sets the stock must not overtake."""

    def sell_once(products: WatchedProducts) -> None:
        if not products.by_id["teapot"].movements:
            products.move("teapot", -1)

    products = WatchedProducts(a_product(), before_write=sell_once)

    report = imported([line], products)

    assert outcomes(report) == [Outcome.UPDATED]
    assert notes(report) == ({1: STAYS} if "stock" in line else {})
    found = products.by_id["teapot"]
    assert (found.stock, found.opening_stock, found.price.amount) == (3, 4, 900)


def test_stock_that_has_not_moved_is_set() -> None:
    products = FakeProducts(a_product())

    assert notes(imported([TEAPOT | {"stock": 9}], products)) == {}
    assert (products.by_id["teapot"].stock, products.by_id["teapot"].opening_stock) == (9, 9)


def test_goods_that_have_moved_stay_goods() -> None:
    products = FakeProducts(a_product())
    products.move("teapot", -1)

    report = imported([TEAPOT | {"kind": "donation"}], products)

    assert messages(report)[1].keys() == {"kind"}
    assert products.by_id["teapot"].kind is Kind.GOODS


def test_product_that_somebody_else_adds_meanwhile_is_met() -> None:
    def add(products: WatchedProducts) -> None:
        products.by_id.setdefault("teapot", a_product())

    products = WatchedProducts(before_write=add)

    assert outcomes(imported([TEAPOT | {"stock": 4}], products)) == [Outcome.UNCHANGED]


def test_product_that_keeps_changing_is_left_to_the_others() -> None:
    def write(products: WatchedProducts) -> None:
        current = products.by_id["teapot"]
        products.by_id["teapot"] = replace(current, version=current.version + 1)

    report = imported([TEAPOT | {"price": "9"}], WatchedProducts(a_product(), before_write=write))

    assert outcomes(report) == [Outcome.FAILED]
    assert "at the same time" in messages(report)[1]["line"]


def test_two_imports_of_one_file_at_once_make_each_product_once() -> None:
    products = FakeProducts()
    body = a_file(*(a_line(f"cup-{number}") for number in range(50)))

    with ThreadPoolExecutor(2) as admins:
        reports = list(admins.map(lambda _: imported(body, products), range(2)))

    assert sum(report.count(Outcome.CREATED) for report in reports) == 50
    assert sum(report.count(Outcome.UNCHANGED) for report in reports) == 50
    assert {product.version for product in products.by_id.values()} == {1}
