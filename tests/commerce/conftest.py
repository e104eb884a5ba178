from collections.abc import Iterator

import pytest

from commerce.catalogue import wiring
from commerce.catalogue.domain.catalogue import Catalogue
from shared.http.cursors import Cursors
from tests.commerce.catalogue.fakes import FakeProducts
from tests.commerce.examples import a_product
from tests.conformance import answers_are_as_declared
from tests.shared.dynamodb.clients import forget_clients

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


@pytest.fixture
def local_aws(emulator: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The endpoint of the local AWS, to which functions' clients go too."""
    _reach(emulator, monkeypatch)
    return emulator


@pytest.fixture
def out_of_reach(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An AWS where nobody listens: at the port of the discard service."""
    _reach("http://127.0.0.1:9", monkeypatch)
    forget_clients()
    yield
    forget_clients()


def _reach(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-west-2")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
