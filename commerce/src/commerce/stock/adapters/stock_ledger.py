"""The ledger of stock in DynamoDB: a row for each movement, and the stocks themselves on the products' items.

A movement of n products is n + 1 writes of one transaction, at twice the price of single ones. Each product's item
stands in four indexes as well.
"""

from collections.abc import Mapping
from typing import Any

from pynamodb.attributes import UnicodeAttribute
from pynamodb.expressions.condition import Condition

from commerce.catalogue.adapters.records import ProductRecord, moved
from commerce.catalogue.domain.products import Status
from commerce.stock.domain.movements import MOVEMENT, Movement, StockChange, change_of
from shared.dynamodb.attributes import DocumentsAttribute, MomentAttribute
from shared.dynamodb.records import Record
from shared.dynamodb.transactions import Transaction
from shared.money import Money
from shared.persistence.unit_of_work import UnitOfWork


class MovementRecord(Record):
    """Never changed, and kept."""

    movement_id = UnicodeAttribute(hash_key=True, attr_name="movementId")
    made_at = MomentAttribute(attr_name="at")
    by = UnicodeAttribute()
    reason = UnicodeAttribute()
    lines = DocumentsAttribute()

    def to_movement(self) -> Movement:
        lines = tuple(StockChange(line["productId"], line["change"]) for line in self.lines)
        return Movement(self.movement_id, self.made_at, self.by, self.reason, lines)


class DynamoStockLedger:
    def __init__(self, products_table: str, stock_movements_table: str) -> None:
        self._products = ProductRecord.at(products_table)
        self._movements = MovementRecord.at(stock_movements_table)

    def move(
        self,
        movement: Movement,
        unit_of_work: UnitOfWork,
        *,
        selling_at: Mapping[str, Money] | None = None,
        seen: Mapping[str, int] | None = None,
    ) -> None:
        transaction = Transaction.of(unit_of_work)
        row = self._movements(
            movement.movement_id,
            made_at=movement.at,
            by=movement.by,
            reason=movement.reason,
            lines=[_document(line) for line in movement.lines],
        )
        transaction.save(MOVEMENT, row, MovementRecord.movement_id.does_not_exist())
        for line in movement.lines:
            condition = _possible(line)
            if selling_at is not None:
                condition &= _sold_at(selling_at[line.product_id])
            if seen is not None:
                condition &= ProductRecord.stock == seen[line.product_id]
            product, actions = self._products(line.product_id), moved(line.change, movement.at)
            transaction.change(change_of(line.product_id), product, actions, condition)

    def find(self, movement_id: str) -> Movement | None:
        """One consistent GetItem."""
        record = self._movements.find(movement_id)
        return record.to_movement() if record else None


def _possible(line: StockChange) -> Condition:
    possible: Condition = ProductRecord.stock >= -line.change if line.change < 0 else ProductRecord.stock.exists()
    return possible


def _sold_at(price: Money) -> Condition:
    sold: Condition = (
        (ProductRecord.status == Status.ACTIVE.value)
        & (ProductRecord.amount == price.amount)
        & (ProductRecord.currency == price.currency)
    )
    return sold


def _document(line: StockChange) -> dict[str, Any]:
    return {"productId": line.product_id, "change": line.change}
