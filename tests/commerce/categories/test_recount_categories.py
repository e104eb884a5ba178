"""The function with which operators count all products anew."""

import pytest

from commerce.categories.domain.counting import CategoryCount, Counted
from commerce.categories.handlers.recount_categories import handler
from shared.errors import PublicError
from tests.commerce.catalogue.fakes import FakeProducts
from tests.commerce.categories.fakes import FakeCategories
from tests.commerce.examples import a_product
from tests.shared.lambda_context import CONTEXT


def test_products_that_were_never_counted_are_counted(products: FakeProducts, categories: FakeCategories) -> None:
    for number in range(99):
        products.add(a_product(f"cup-{number}"))

    assert handler({}, CONTEXT) == {"products": 100, "changed": 100}
    assert handler({}, CONTEXT) == {"products": 100, "changed": 0}
    assert categories.with_products() == [CategoryCount("Homeware", 100)]


@pytest.mark.usefixtures("products")
def test_product_that_was_counted_elsewhere_is_moved(categories: FakeCategories) -> None:
    categories.by_product["teapot"], categories.counters["Books"] = Counted("teapot", 0, "Books"), 1

    assert handler({}, CONTEXT) == {"products": 1, "changed": 1}
    assert categories.with_products() == [CategoryCount("Homeware", 1)]


@pytest.mark.usefixtures("products", "categories")
def test_mistyped_event_is_refused() -> None:
    with pytest.raises(PublicError):
        handler({"verify": True}, CONTEXT)
