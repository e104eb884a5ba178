import pytest

from commerce import wiring
from commerce.domain.carts.guests import GuestCartIds
from commerce.domain.carts.shopping import Shopping
from shared.ids import new_id
from shared.seals import Seals
from tests.commerce.carts.fakes import AtOnce, FakeCarts
from tests.commerce.examples import a_donation_item, a_product
from tests.commerce.fakes import FakeProducts


@pytest.fixture
def products() -> FakeProducts:
    """Four teapots, and hours of nursing."""
    return FakeProducts(a_product(), a_donation_item())


@pytest.fixture
def carts(products: FakeProducts, monkeypatch: pytest.MonkeyPatch) -> FakeCarts:
    """The carts that the handlers use."""
    carts = FakeCarts()
    shopping = Shopping(carts, products, "GBP", AtOnce())
    ids = GuestCartIds(Seals("a key for tests"), new_id)
    monkeypatch.setattr(wiring, "shopping", lambda: shopping)
    monkeypatch.setattr(wiring, "guest_cart_ids", lambda: ids)
    monkeypatch.setattr(wiring, "images_url", lambda: "https://images.example.org")
    return carts
