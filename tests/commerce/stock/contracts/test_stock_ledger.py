"""What a ledger of stock must do, in memory and in DynamoDB."""

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commerce.catalogue.adapters.products import DynamoProducts
from commerce.catalogue.domain.catalogue import Products
from commerce.catalogue.domain.products import Product, Status, next_version
from commerce.stock.adapters.stock_ledger import DynamoStockLedger
from commerce.stock.domain.counting import Adjustment, StockCounts
from commerce.stock.domain.movements import (
    MAX_LINES,
    MOVEMENT,
    Movement,
    StockChange,
    StockLedger,
    release,
    reservation,
)
from local.workspace import ROOT
from shared.dynamodb.transactions import Transaction
from shared.errors import Unavailable, VersionConflict
from shared.idempotency.claims import Claim, KeyInUse
from shared.idempotency.first_answers import DynamoFirstAnswers
from shared.money import Money
from shared.persistence.unit_of_work import UnitOfWork, WriteRefused
from tests.commerce.catalogue.fakes import FakeProducts
from tests.commerce.examples import NOW, a_donation_item, a_product
from tests.commerce.stock.fakes import FakeStockLedger
from tests.shared.dynamodb.dynamodb_calls import cost_of
from tests.shared.dynamodb.dynamodb_tables import tables_like
from tests.shared.persistence.fake_transactions import FakeTransaction

PRICE = Money(850, "GBP")
TEMPLATES = ROOT / "commerce"


@dataclass
class Store:
    products: Products
    ledger: StockLedger
    begin: Callable[[], UnitOfWork]

    def move(
        self,
        movement: Movement,
        *,
        selling_at: Mapping[str, Money] | None = None,
        seen: Mapping[str, int] | None = None,
    ) -> frozenset[str]:
        """What was refused; nothing if the movement was made."""
        unit_of_work = self.begin()
        self.ledger.move(movement, unit_of_work, selling_at=selling_at, seen=seen)
        try:
            unit_of_work.commit()
        except WriteRefused as error:
            return error.refused
        return frozenset()

    def reserve(self, checkout_id: str, **quantities: int) -> frozenset[str]:
        prices = dict.fromkeys(quantities, PRICE)
        return self.move(reservation(checkout_id, quantities, "ada", NOW), selling_at=prices)

    def product(self, product_id: str = "teapot") -> Product:
        product = self.products.find(product_id)
        assert product is not None
        return product


def counted(movement_id: str, change: int, product_id: str = "teapot") -> Movement:
    return Movement(f"admin:{movement_id}", NOW, "tom", "counted", (StockChange(product_id, change),))


@dataclass(frozen=True)
class Step:
    """A movement of these quantities, by product, of a cause that others may have too; or an edit."""

    kind: Literal["reserve", "release", "count", "edit", "set"]
    cause: int
    cups: int
    pots: int


HISTORIES = st.lists(
    st.builds(
        Step,
        st.sampled_from(["reserve", "reserve", "release", "count", "edit", "set"]),
        st.integers(0, 5),
        st.integers(0, 4),
        st.integers(0, 4),
    ),
    max_size=25,
)
"""Any movements in any order, some twice, with edits between them, also of what was read long ago."""


def check(store: Store, history: Sequence[Step]) -> None:
    """After every step, no stock is negative, and each is what it opened with and the movements that were made."""
    run = uuid.uuid4().hex[:8]
    cup, pot = f"cup-{run}", f"pot-{run}"
    for product_id in (cup, pot):
        store.products.add(a_product(product_id, stock=5))
    read, ids = {product_id: store.product(product_id) for product_id in (cup, pot)}, set[str]()
    for step in history:
        wanted = {cup: step.cups, pot: step.pots}
        quantities = {product_id: quantity for product_id, quantity in wanted.items() if quantity}
        if step.kind in {"edit", "set"}:
            edit(store, read[cup], 9 if step.kind == "set" else None)
            read[cup] = store.product(cup) if step.cause % 2 else read[cup]
        elif quantities:
            movement = movement_of(step, run, quantities)
            refused = store.move(
                movement, selling_at=dict.fromkeys(quantities, PRICE) if step.kind == "reserve" else None
            )
            assert (MOVEMENT in refused) == (movement.movement_id in ids)
            if not refused:
                ids.add(movement.movement_id)
        made = [found for id_ in ids if (found := store.ledger.find(id_))]
        assert len(made) == len(ids)
        for product_id in (cup, pot):
            changes = [line.change for each in made for line in each.lines if line.product_id == product_id]
            product = store.product(product_id)
            assert product.stock is not None
            assert product.opening_stock is not None
            assert product.stock == product.opening_stock + sum(changes) >= 0
            assert product.movements == len(changes)


def movement_of(step: Step, run: str, quantities: Mapping[str, int]) -> Movement:
    cause = f"{run}-{step.cause}"
    if step.kind == "reserve":
        return reservation(cause, quantities, "ada", NOW)
    if step.kind == "release":
        return release(cause, quantities, "ada", NOW)
    lines = tuple(StockChange(product_id, quantity - 2) for product_id, quantity in sorted(quantities.items()))
    lines = tuple(line for line in lines if line.change) or (StockChange(min(quantities), 1),)
    return Movement(f"admin:{cause}", NOW, "tom", "counted", lines)


def edit(store: Store, seen: Product, stock: int | None) -> None:
    """Whatever became of the product since."""
    named = replace(seen, name=f"{seen.name}!"[-100:])
    wanted = named if stock is None else replace(named, stock=stock)
    with suppress(VersionConflict):
        store.products.edit(seen, next_version(seen, wanted, NOW))


class StockLedgerContract:
    def test_movement_changes_stocks_and_is_kept(self, store: Store) -> None:
        store.products.add(a_product())
        store.products.add(a_product("cup", stock=1))

        assert store.reserve("c1", teapot=3, cup=1) == set()

        moved = a_product(stock=1, opening_stock=4, movements=1, revision=2)
        assert store.product() == moved
        assert store.product("cup").stock == 0
        assert store.ledger.find("reserve:c1") == reservation("c1", {"teapot": 3, "cup": 1}, "ada", NOW)
        assert store.ledger.find("reserve:c2") is None

        assert store.move(release("c1", {"teapot": 3, "cup": 1}, "ada", NOW)) == set()
        assert store.product() == replace(moved, stock=4, movements=2, revision=3)

    def test_same_movement_counts_once(self, store: Store) -> None:
        store.products.add(a_product())
        store.reserve("c1", teapot=3)

        assert MOVEMENT in store.reserve("c1", teapot=3)
        assert MOVEMENT in store.reserve("c1", teapot=1)
        assert store.product().stock == 1

    def test_movement_that_does_not_fit_moves_nothing_and_names_its_products(self, store: Store) -> None:
        store.products.add(a_product())
        store.products.add(a_product("cup", stock=1))

        assert store.reserve("c1", teapot=1, cup=2, nothing=1) == {"stock:cup", "stock:nothing"}

        assert (store.product().stock, store.product("cup").stock) == (4, 1)
        assert store.ledger.find("reserve:c1") is None
        assert store.products.find("nothing") is None

    def test_donation_items_and_what_is_not_there_have_no_stock_to_move(self, store: Store) -> None:
        store.products.add(a_donation_item())

        for change in (1, -1):
            assert store.move(counted("1", change, "nursing")) == {"stock:nursing"}
            assert store.move(counted("1", change, "nothing")) == {"stock:nothing"}
        assert store.product("nursing") == a_donation_item()

    @pytest.mark.parametrize(
        "changes", [{"price": Money(900, "GBP")}, {"price": Money(850, "EUR")}, {"status": Status.ARCHIVED}]
    )
    def test_reservation_needs_the_product_on_sale_at_its_price(self, store: Store, changes: Mapping[str, Any]) -> None:
        store.products.add(a_product(**changes))

        assert store.reserve("c1", teapot=1) == {"stock:teapot"}

        assert store.move(counted("1", -1)) == set()

    def test_movement_that_saw_another_stock_is_refused(self, store: Store) -> None:
        store.products.add(a_product())

        assert store.move(counted("1", 5), seen={"teapot": 3}) == {"stock:teapot"}
        assert store.move(counted("1", 5), seen={"teapot": 4}) == set()
        assert store.product().stock == 9

    def test_ninety_products_are_one_movement(self, store: Store) -> None:
        quantities = {f"p{number:02d}": 1 for number in range(MAX_LINES)}
        for product_id in quantities:
            store.products.add(a_product(product_id))

        assert store.reserve("c1", **quantities) == set()
        assert {store.product(product_id).stock for product_id in quantities} == {3}

    def test_edit_puts_nothing_back_that_was_sold_after_it_was_read(self, store: Store) -> None:
        store.products.add(a_product())
        store.reserve("c1", teapot=3)

        renamed = store.products.edit(a_product(), a_product(version=2, name="Renamed"))

        assert renamed == a_product(version=2, revision=3, movements=1, stock=1, opening_stock=4, name="Renamed")
        assert store.product() == renamed

    @pytest.mark.parametrize("edited", [a_product(version=2, stock=9), a_donation_item("teapot", version=2)])
    def test_edit_sets_no_stock_that_has_moved(self, store: Store, edited: Product) -> None:
        store.products.add(a_product())
        store.reserve("c1", teapot=4)
        store.move(release("c1", {"teapot": 4}, "ada", NOW))  # it may even be the stock that was read

        with pytest.raises(VersionConflict):
            store.products.edit(a_product(), edited)

        assert (store.product().version, store.product().stock) == (1, 4)

    def test_of_many_at_once_as_many_get_it_as_there_are(self, store: Store) -> None:
        store.products.add(a_product(stock=10))

        def buy(number: int) -> bool:
            while True:
                with suppress(Unavailable):
                    return not store.reserve(f"c{number}", teapot=1)

        with ThreadPoolExecutor(8) as buyers:
            assert sum(buyers.map(buy, range(40))) == 10
        assert (store.product().stock, store.product().movements) == (0, 10)


class TestFakeStockLedger(StockLedgerContract):
    @pytest.fixture
    def store(self) -> Store:
        products = FakeProducts()
        return Store(products, FakeStockLedger(products), FakeTransaction)

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(history=HISTORIES)
    def test_whatever_happens_the_stock_is_its_movements(self, store: Store, history: Sequence[Step]) -> None:
        check(store, history)


@pytest.mark.emulator
@pytest.mark.xdist_group("emulator")
class TestDynamoStockLedger(StockLedgerContract):
    @pytest.fixture
    def store(self, local_aws: str) -> Iterator[Store]:
        with (
            tables_like(local_aws, TEMPLATES / "tables.yaml", ["ProductsTable"]) as shop,
            tables_like(local_aws, TEMPLATES / "till_tables.yaml", ["StockMovementsTable"]) as till,
        ):
            table = shop["ProductsTable"]
            yield Store(DynamoProducts(table, None), DynamoStockLedger(table, till["StockMovementsTable"]), Transaction)

    def test_reservation_costs_one_transaction(self, store: Store) -> None:
        store.products.add(a_product())
        store.products.add(a_product("cup"))

        assert cost_of(lambda: store.reserve("c1", teapot=1, cup=1)).calls == ["TransactWriteItems"]

    def test_answer_is_kept_with_the_movement_or_neither(self, store: Store, local_aws: str) -> None:
        store.products.add(a_product())
        with tables_like(local_aws, TEMPLATES / "tables.yaml", ["IdempotencyTable"]) as names:
            first_answers, ids = DynamoFirstAnswers(names["IdempotencyTable"]), iter(["1", "2"])
            counts = StockCounts(store.products, store.ledger, first_answers, Transaction, lambda _: next(ids))
            claim = Claim("record", "hash")
            counts.adjust("teapot", Adjustment(6, "A delivery"), "tom", NOW, claim)

            with pytest.raises(KeyInUse):
                counts.adjust("teapot", Adjustment(6, "A delivery"), "tom", NOW, claim)

            kept = first_answers.find("record", NOW)
        assert kept is not None
        assert kept.body == '{"stock":10,"version":1}'
        assert (store.product().stock, store.product().movements) == (10, 1)
        assert store.ledger.find("admin:2") is None

    def test_product_of_before_stock_had_movements_is_moved_and_edited(self, store: Store) -> None:
        """Nothing migrates it."""
        assert isinstance(store.products, DynamoProducts)
        for product_id in ("moved", "edited", "restocked"):
            record = store.products._products.of(a_product(product_id, version=7))
            record.revision = record.movements = record.opening_stock = None
            record.put()
            assert store.product(product_id) == a_product(product_id, version=7)
            before = a_product(product_id, version=7)
            after = replace(before, version=8, revision=8)
            if product_id == "moved":
                store.reserve("c1", moved=3)
                assert store.product(product_id) == replace(before, stock=1, opening_stock=4, movements=1, revision=8)
            elif product_id == "edited":
                assert store.products.edit(before, replace(after, name="Renamed")) == replace(after, name="Renamed")
            else:
                restocked = replace(after, stock=9, opening_stock=9)
                assert store.products.edit(before, restocked) == restocked

    @settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(history=HISTORIES)
    def test_whatever_happens_the_stock_is_its_movements(self, store: Store, history: Sequence[Step]) -> None:
        check(store, history)
