import pytest

from commerce.categories import wiring
from tests.commerce.catalogue.fakes import FakeProducts
from tests.commerce.categories.fakes import FakeCategories
from tests.commerce.examples import a_product


@pytest.fixture
def products(monkeypatch: pytest.MonkeyPatch) -> FakeProducts:
    """The catalogue that the handlers count: a teapot."""
    products = FakeProducts(a_product())
    monkeypatch.setattr(wiring, "products", lambda: products)
    monkeypatch.setattr(wiring, "product_ids", lambda: list(products.by_id))
    return products


@pytest.fixture
def categories(monkeypatch: pytest.MonkeyPatch) -> FakeCategories:
    categories = FakeCategories()
    monkeypatch.setattr(wiring, "categories", lambda: categories)
    return categories
