import pytest

from commerce.stock import wiring
from commerce.stock.domain.counting import StockCounts
from tests.commerce.catalogue.fakes import FakeProducts
from tests.commerce.examples import a_donation_item, a_product
from tests.commerce.stock.fakes import FakeStockLedger
from tests.shared.first_answers import FakeRecords
from tests.shared.persistence.fake_transactions import FakeTransaction


@pytest.fixture
def products() -> FakeProducts:
    return FakeProducts(a_product(), a_donation_item())


@pytest.fixture
def ledger(products: FakeProducts, monkeypatch: pytest.MonkeyPatch) -> FakeStockLedger:
    """The ledger that the handlers use. Movements are called admin:1 and so on."""
    ledger, records, numbers = FakeStockLedger(products), FakeRecords(), iter(range(1, 1_000_000))
    counts = StockCounts(products, ledger, records, FakeTransaction, lambda _: str(next(numbers)))
    monkeypatch.setattr(wiring, "stock_counts", lambda: counts)
    monkeypatch.setattr(wiring, "first_answers", lambda: records)
    return ledger
