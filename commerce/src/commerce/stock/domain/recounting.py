"""Sets stocks to what was counted, by movements: what is sold meanwhile is neither lost nor sold twice."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from commerce.catalogue.domain.products import Product
from commerce.stock.domain.movements import MOVEMENT, Movement, StockChange, StockLedger
from shared.errors import VersionConflict
from shared.persistence.unit_of_work import UnitOfWork, WriteRefused

RECOUNTED = "recounted"
"""The reason of such a movement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recounts:
    """`begin` makes a transaction of the store that the ledger is kept in."""

    ledger: StockLedger
    begin: Callable[[], UnitOfWork]

    def set_stock(self, seen: Product, stock: int, movement_id: str, by: str, at: datetime) -> None:
        """One transaction; `seen` has another stock. The same movement is made once.

        Raises VersionConflict if the stock has moved since the product was seen; Unavailable.
        """
        if seen.stock is None:
            raise ValueError("a donation item has no stock")
        movement = Movement(movement_id, at, by, RECOUNTED, (StockChange(seen.product_id, stock - seen.stock),))
        unit_of_work = self.begin()
        self.ledger.move(movement, unit_of_work, seen={seen.product_id: seen.stock})
        try:
            unit_of_work.commit()
        except WriteRefused as error:
            if MOVEMENT not in error.refused:
                raise VersionConflict("stock") from error

    def is_made(self, movement_id: str) -> bool:
        """Raises Unavailable."""
        return self.ledger.find(movement_id) is not None
