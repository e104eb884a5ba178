"""A thousand customers want what there are ten of, while an admin edits it, with transactions that conflict."""

from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Event

import pytest

from commerce.catalogue.adapters.products import DynamoProducts
from commerce.catalogue.domain.catalogue import Catalogue, Details
from commerce.catalogue.domain.products import Product
from commerce.stock.adapters.stock_ledger import DynamoStockLedger, MovementRecord
from commerce.stock.domain.movements import MOVEMENT, reservation
from local.workspace import ROOT
from shared.dynamodb.scans import scan
from shared.dynamodb.transactions import Transaction
from shared.errors import Conflict, Unavailable
from shared.ids import new_id
from shared.money import Money
from shared.persistence.unit_of_work import WriteRefused
from tests.commerce.examples import NOW, a_product
from tests.commerce.imports.files import imported, notes, outcomes
from tests.shared.dynamodb.dynamodb_tables import tables_like
from tests.shared.dynamodb.transaction_conflicts import conflicting_transactions

pytestmark = [pytest.mark.emulator, pytest.mark.xdist_group("emulator")]

BUYERS, UNITS, THREADS = 1_000, 10, 32
PRICE = Money(850, "GBP")
TEMPLATES = ROOT / "commerce"


@dataclass
class Till:
    products: DynamoProducts
    ledger: DynamoStockLedger
    movements: type[MovementRecord]

    def buys(self, buyer: int, *others: str) -> bool:
        """As a checkout does: looks first, and reserves in a transaction, again while others hold the items."""
        quantities = {"rare": 1} | dict.fromkeys(others, 2)
        movement = reservation(f"checkout-{buyer}", quantities, "ada", NOW)
        if not all(product.has(quantities[id_]) for id_, product in self.products.find_many([*quantities]).items()):
            return False
        while True:
            transaction = Transaction()
            self.ledger.move(movement, transaction, selling_at=dict.fromkeys(quantities, PRICE))
            try:
                transaction.commit()
            except WriteRefused as error:
                return MOVEMENT in error.refused
            except Unavailable:
                continue
            return True

    def moved(self) -> Counter[str]:
        """The sum of all movements, by product."""
        rows = [self.movements.of_image(image).to_movement() for image in scan(self.movements)]
        total = Counter[str]()
        for row in rows:
            total.update({line.product_id: line.change for line in row.lines})
        return total


@pytest.fixture
def till(local_aws: str) -> Iterator[Till]:
    with (
        tables_like(local_aws, TEMPLATES / "tables.yaml", ["ProductsTable"]) as shop,
        tables_like(local_aws, TEMPLATES / "till_tables.yaml", ["StockMovementsTable"]) as till,
    ):
        products, movements = shop["ProductsTable"], till["StockMovementsTable"]
        yield Till(DynamoProducts(products, None), DynamoStockLedger(products, movements), MovementRecord.at(movements))


class Admin:
    """Edits the product and imports it again and again, with the stock that it had before anybody bought it."""

    def __init__(self, till: Till) -> None:
        self._products = till.products
        self._catalogue = Catalogue(till.products, "GBP", new_id)
        self.edits = self.imports = 0

    def work(self, is_over: Event) -> None:
        while not is_over.wait(0.05):
            self.edits += 1
            self._catalogue.change("rare", None, lambda current: self._renamed(current, current.stock), NOW)
            line = {"productId": "rare", "name": f"Rare {self.edits}", "category": "Homeware", "price": "8.50"}
            report = imported([line | {"stock": UNITS}], self._products)
            assert [outcome.value for outcome in outcomes(report)] == ["updated"]
            self.imports += 1

    def puts_back(self) -> bool:
        try:
            self._catalogue.change("rare", None, lambda current: self._renamed(current, UNITS), NOW)
        except Conflict:
            return False
        return True

    def _renamed(self, current: Product, stock: int | None) -> Details:
        return Details(
            kind=current.kind,
            name=f"Rarely {self.edits}",
            description=current.description,
            category=current.category,
            tags=current.tags,
            price=current.price,
            stock=stock,
            status=None,
        )


@pytest.mark.parametrize("others", [[], ["cup", "plate", "spoon"]], ids=["one line", "two lines, one of them shared"])
@pytest.mark.parametrize("_", ["first round", "second round"])
def test_exactly_as_many_are_sold_as_there_are(till: Till, others: Sequence[str], _: str) -> None:
    till.products.add(a_product("rare", stock=UNITS))
    for product_id in others:
        till.products.add(a_product(product_id, stock=10 * BUYERS))
    admin, is_over = Admin(till), Event()

    def buy(attempt: int) -> tuple[int, bool]:
        """Every tenth request comes twice."""
        buyer = attempt * 10 // 11
        return buyer, till.buys(buyer, *others[buyer % len(others) :][:1] if others else ())

    with conflicting_transactions() as conflicts, ThreadPoolExecutor(THREADS + 1) as threads:
        editing = threads.submit(admin.work, is_over)
        bought = set(threads.map(buy, range(BUYERS * 11 // 10)))
        is_over.set()
        editing.result()

    sold = {buyer for buyer, has_bought in bought if has_bought}
    assert len({buyer for buyer, _ in bought}) == BUYERS
    assert len(sold) == UNITS
    moved = till.moved()
    assert moved["rare"] == -UNITS
    for product_id in ["rare", *others]:
        product = till.products.find(product_id)
        assert product is not None
        assert product.opening_stock is not None
        assert product.stock == product.opening_stock + moved[product_id]
    assert sum(moved[product_id] for product_id in others) == (-2 * UNITS if others else 0)
    assert conflicts.refused > THREADS
    assert admin.edits == admin.imports > 0

    rare = till.products.find("rare")
    assert rare is not None
    assert (rare.stock, rare.version, rare.movements) == (0, 1 + 2 * admin.edits, UNITS)
    assert not admin.puts_back()
    late = imported(
        [{"productId": "rare", "name": "Rare", "category": "Homeware", "price": "8.50", "stock": UNITS}], till.products
    )
    assert notes(late)[1].keys() == {"stock"}
