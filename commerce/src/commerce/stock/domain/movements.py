"""Movements of stock: reservations and what becomes of them, and what admins count.

A movement's id is made of its cause, so that the same movement counts once. The stock of a product is what it opened
with and the sum of its movements, at any time.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from shared.money import Money
from shared.persistence.unit_of_work import UnitOfWork

MAX_LINES = 90
"""A transaction takes a hundred writes, and whoever moves stock writes something else with it."""

MOVEMENT = "movement"
"""What the movement's row is called where a transaction says what was refused: then the movement has been made before,
whatever else is named."""

RESERVED, RELEASED, RETURNED = "reserved", "released", "returned"
"""Reasons of the shop's own; those of admins are texts of theirs."""


@dataclass(frozen=True, slots=True, order=True)
class StockChange:
    """`change` counts pieces: negative for what leaves the stock."""

    product_id: str
    change: int


@dataclass(frozen=True, slots=True)
class Movement:
    """`by` is a user's id. `lines`: one for each product, sorted."""

    movement_id: str
    at: datetime
    by: str
    reason: str
    lines: tuple[StockChange, ...]

    def __post_init__(self) -> None:
        products = [line.product_id for line in self.lines]
        if products != sorted(set(products)) or not 0 < len(products) <= MAX_LINES:
            raise ValueError(f"a movement has 1 to {MAX_LINES} lines, each of another product, sorted")
        if not all(line.change for line in self.lines):
            raise ValueError("each line of a movement changes a stock")

    @property
    def product_ids(self) -> tuple[str, ...]:
        return tuple(line.product_id for line in self.lines)


def reservation(checkout_id: str, quantities: Mapping[str, int], by: str, at: datetime) -> Movement:
    """Takes these quantities, by product, out of the stock. Raises ValueError for none, or more than 90 products."""
    return _movement(f"reserve:{checkout_id}", quantities, -1, by, at, RESERVED)


def release(checkout_id: str, quantities: Mapping[str, int], by: str, at: datetime) -> Movement:
    """Puts back what was reserved and is not bought."""
    return _movement(f"release:{checkout_id}", quantities, 1, by, at, RELEASED)


def refund_return(refund_id: str, quantities: Mapping[str, int], by: str, at: datetime) -> Movement:
    """Puts back what was sold, and has been refunded."""
    return _movement(f"return:{refund_id}", quantities, 1, by, at, RETURNED)


def _movement(
    movement_id: str, quantities: Mapping[str, int], sign: int, by: str, at: datetime, reason: str
) -> Movement:
    if any(quantity <= 0 for quantity in quantities.values()):
        raise ValueError("quantities are positive")
    lines = tuple(StockChange(product_id, sign * quantity) for product_id, quantity in sorted(quantities.items()))
    return Movement(movement_id, at, by, reason, lines)


class StockLedger(Protocol):
    """Every method raises Unavailable."""

    def move(
        self,
        movement: Movement,
        unit_of_work: UnitOfWork,
        *,
        selling_at: Mapping[str, Money] | None = None,
        seen: Mapping[str, int] | None = None,
    ) -> None:
        """Add the movement to a transaction: its row, called MOVEMENT there, and a change of each product, called as
        `change_of` says.

        The row is refused if the movement has been made, a change if the stock would fall below zero or the product
        has none; of a reservation, which names the prices, by product, that things are sold at, also if a product is
        not on sale, or at another price; of one that names the stocks that were seen, if a stock is another.
        """
        ...

    def find(self, movement_id: str) -> Movement | None: ...


def change_of(product_id: str) -> str:
    """What the change of this product is called in a transaction."""
    return f"stock:{product_id}"
