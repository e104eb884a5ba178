import pytest

from commerce.catalogue.domain.products import Product
from commerce.stock.domain.counting import Adjusted, Adjustment, StockCounts
from shared.errors import Conflict, Unavailable
from shared.resilience.backoff import Backoff
from tests.commerce.catalogue.fakes import FakeProducts
from tests.commerce.examples import NOW, a_product
from tests.commerce.stock.fakes import FakeStockLedger
from tests.shared.first_answers import FakeRecords
from tests.shared.persistence.fake_transactions import FakeTransaction


class SellingProducts(FakeProducts):
    """A piece is sold after each of so many reads."""

    def __init__(self, product: Product, times: int) -> None:
        super().__init__(product)
        self.left = times

    def find(self, product_id: str) -> Product | None:
        found = super().find(product_id)
        if self.left:
            self.left -= 1
            self.move(product_id, -1)
        return found


def counts(products: FakeProducts) -> StockCounts:
    read_by_nobody = FakeProducts()
    read_by_nobody.by_id = products.by_id
    return StockCounts(products, FakeStockLedger(read_by_nobody), FakeRecords(), FakeTransaction, lambda _: "1")


def test_what_is_sold_meanwhile_is_not_put_back() -> None:
    products, waits = SellingProducts(a_product(), 2), list[float]()
    backoff = Backoff(0.02, 0.5, sleep=waits.append, jitter=lambda _, high: high)

    adjusted = counts(products).adjust("teapot", Adjustment(6, "A delivery"), "tom", NOW, None, backoff)

    assert adjusted == Adjusted(8, 1)
    assert products.by_id["teapot"].stock == 8
    assert waits == [0.02, 0.04]


def test_stock_that_was_seen_and_is_sold_meanwhile_is_a_conflict() -> None:
    products = SellingProducts(a_product(), 1)

    with pytest.raises(Conflict):
        counts(products).adjust("teapot", Adjustment(6, "A delivery", seen=4), "tom", NOW, None)

    assert products.by_id["teapot"].stock == 3


def test_last_pieces_that_are_sold_meanwhile_cannot_be_taken_out() -> None:
    products = SellingProducts(a_product(), 1)

    with pytest.raises(Conflict):
        counts(products).adjust("teapot", Adjustment(-4, "Broken"), "tom", NOW, None)


def test_stock_that_never_rests_is_left_alone() -> None:
    products = SellingProducts(a_product(stock=100), 100)
    backoff = Backoff(0.02, sleep=lambda _: None)

    with pytest.raises(Unavailable):
        counts(products).adjust("teapot", Adjustment(6, "A delivery"), "tom", NOW, None, backoff)

    assert products.by_id["teapot"].stock == 90
