import pytest

from commerce.catalogue import wiring
from commerce.catalogue.domain.catalogue import Catalogue
from shared.http.cursors import Cursors
from tests.commerce.catalogue.fakes import FakeProducts
from tests.commerce.examples import a_product
from tests.conformance import answers_are_as_declared

__all__ = ["answers_are_as_declared"]


@pytest.fixture
def products(monkeypatch: pytest.MonkeyPatch) -> FakeProducts:
    """The catalogue that the handlers use: a teapot. New products are called product-1 and so on."""
    products = FakeProducts(a_product())
    numbers = iter(range(1, 1_000_000))
    catalogue = Catalogue(products, "GBP", lambda _: f"product-{next(numbers)}")
    monkeypatch.setattr(wiring, "catalogue", lambda: catalogue)
    monkeypatch.setattr(wiring, "first_answers", lambda: products.first_answers)
    monkeypatch.setattr(wiring, "cursors", lambda: Cursors("a key for tests"))
    monkeypatch.setattr(wiring, "images_url", lambda: "https://images.example.org")
    return products
