"""A ledger of stock in memory, which keeps the same contract as the real one."""

from collections.abc import Mapping

from commerce.catalogue.domain.products import Status
from commerce.stock.domain.movements import MOVEMENT, Movement, StockChange, change_of
from shared.money import Money
from shared.persistence.unit_of_work import UnitOfWork
from tests.commerce.catalogue.fakes import FakeProducts
from tests.shared.persistence.fake_transactions import step


class FakeStockLedger:
    """Moves the stock of these products."""

    def __init__(self, products: FakeProducts) -> None:
        self._products = products
        self.by_id: dict[str, Movement] = {}

    def move(
        self,
        movement: Movement,
        unit_of_work: UnitOfWork,
        *,
        selling_at: Mapping[str, Money] | None = None,
        seen: Mapping[str, int] | None = None,
    ) -> None:
        def record() -> None:
            self.by_id[movement.movement_id] = movement

        step(MOVEMENT, lambda: movement.movement_id not in self.by_id, record)(unit_of_work)
        for line in movement.lines:
            price = selling_at[line.product_id] if selling_at is not None else None
            stock = seen[line.product_id] if seen is not None else None
            self._change(line, movement, unit_of_work, price, stock)

    def find(self, movement_id: str) -> Movement | None:
        return self.by_id.get(movement_id)

    def _change(
        self, line: StockChange, movement: Movement, unit_of_work: UnitOfWork, price: Money | None, seen: int | None
    ) -> None:
        def holds() -> bool:
            product = self._products.find(line.product_id)
            return (
                product is not None
                and product.stock is not None
                and (line.change > 0 or product.stock >= -line.change)
                and (price is None or (product.status is Status.ACTIVE and product.price == price))
                and seen in {None, product.stock}
            )

        def move() -> None:
            self._products.move(line.product_id, line.change, movement.at)

        step(change_of(line.product_id), holds, move)(unit_of_work)
