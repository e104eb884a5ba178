import pytest

from commerce.carts import wiring
from commerce.carts.domain.cart_service import CartService
from commerce.carts.domain.guests import GuestCartIds
from shared.auth.seals import Seals
from shared.ids import new_id
from tests.commerce.carts.fakes import AtOnce, FakeCarts
from tests.commerce.catalogue.fakes import FakeProducts
from tests.commerce.examples import a_donation_item, a_product


@pytest.fixture
def products() -> FakeProducts:
    """Four teapots, and hours of nursing."""
    return FakeProducts(a_product(), a_donation_item())


@pytest.fixture
def carts(products: FakeProducts, monkeypatch: pytest.MonkeyPatch) -> FakeCarts:
    """The carts that the handlers use."""
    carts = FakeCarts()
    service = CartService(carts, products, "GBP", AtOnce())
    ids = GuestCartIds(Seals("a key for tests"), new_id)
    monkeypatch.setattr(wiring, "cart_service", lambda: service)
    monkeypatch.setattr(wiring, "guest_cart_ids", lambda: ids)
    monkeypatch.setattr(wiring, "images_url", lambda: "https://images.example.org")
    return carts
