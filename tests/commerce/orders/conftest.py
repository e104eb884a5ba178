import pytest

from commerce.orders import wiring
from commerce.orders.domain.orders import OrderBook
from shared.http.cursors import Cursors
from tests.commerce.orders.fakes import FakeOrders
from tests.commerce.orders.shop import Shop, at_once
from tests.shared.first_answers import FakeRecords
from tests.shared.persistence.fake_transactions import FakeTransaction


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> Shop:
    """What the handlers work with: one order of Ada's, of two teapots and a gift."""
    shop = Shop()
    records = FakeRecords()
    monkeypatch.setattr(wiring, "orders", lambda: shop.orders)
    book = OrderBook(shop.orders, FakeTransaction, backoff=at_once, first_answers=records)
    monkeypatch.setattr(wiring, "order_book", lambda: book)
    monkeypatch.setattr(wiring, "refunds", lambda: shop.refunds())
    monkeypatch.setattr(wiring, "cursors", lambda: Cursors("a key for tests"))
    return shop


@pytest.fixture
def orders(shop: Shop) -> FakeOrders:
    return shop.orders
