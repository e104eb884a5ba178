"""What admins do to the stock: deliveries, breakages, corrections after counting the shelves."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from commerce.catalogue.domain.products import MAX_STOCK, Product
from commerce.stock.domain.movements import Movement, StockChange, StockLedger
from shared.errors import Conflict, FieldError, Invalid, NotFound, Unavailable
from shared.idempotency.claims import translated_refusals
from shared.persistence.unit_of_work import UnitOfWork, WriteRefused
from shared.resilience.backoff import Backoff

if TYPE_CHECKING:
    from shared.idempotency.claims import Claim, FirstAnswer

_ATTEMPTS = 10


@dataclass(frozen=True, slots=True)
class Adjustment:
    """`change` counts pieces, and is not zero. `seen`: only if the stock is still this."""

    change: int
    reason: str
    seen: int | None = None


@dataclass(frozen=True, slots=True)
class Adjusted:
    """The stock that it made, of a product at this version."""

    stock: int
    version: int


class Products(Protocol):
    def find(self, product_id: str) -> Product | None: ...


class FirstAnswers(Protocol):
    def record(self, answer: "FirstAnswer | None", unit_of_work: UnitOfWork) -> None: ...


class StockCounts:
    """`begin` makes a transaction of the store that products, ledger and first answers are kept in."""

    def __init__(
        self,
        products: Products,
        ledger: StockLedger,
        first_answers: FirstAnswers,
        begin: Callable[[], UnitOfWork],
        new_id: Callable[[datetime], str],
    ) -> None:
        self._products, self._ledger, self._first_answers = products, ledger, first_answers
        self._begin, self._new_id = begin, new_id

    def adjust(
        self,
        product_id: str,
        adjustment: Adjustment,
        by: str,
        now: datetime,
        claim: "Claim | None",
        backoff: Backoff | None = None,
    ) -> Adjusted:
        """Two rounds, again if the stock moves in between.

        Raises NotFound; Invalid for a donation item; Conflict if the stock is not the one that was seen, or would leave
        its limits; KeyInUse; Unavailable if the stock keeps moving.
        """
        backoff = backoff or Backoff(0.02, 0.5)
        movement_id = f"admin:{self._new_id(now)}"
        for _ in range(_ATTEMPTS):
            product = self._products.find(product_id)
            stock, adjusted = _adjusted(product, adjustment)
            line = StockChange(product_id, adjustment.change)
            unit_of_work = self._begin()
            movement = Movement(movement_id, now, by, adjustment.reason, (line,))
            self._ledger.move(movement, unit_of_work, seen={product_id: stock})
            self._first_answers.record(claim.answered(adjusted, now) if claim else None, unit_of_work)
            try:
                with translated_refusals():
                    unit_of_work.commit()
            except WriteRefused:
                backoff.pause()
            else:
                return adjusted
        raise Unavailable("The stock keeps moving, and was not changed: try again.", retry_after_seconds=1)


def _adjusted(product: Product | None, adjustment: Adjustment) -> tuple[int, Adjusted]:
    """The stock before, and what is made of it. Raises NotFound; Invalid; Conflict."""
    if product is None:
        raise NotFound("There is no such product.")
    if product.stock is None:
        message = "is a donation item, which has no stock"
        raise Invalid(f"The product {message}.", [FieldError("productId", message)])
    stock = product.stock + adjustment.change
    if adjustment.seen not in {None, product.stock}:
        raise _conflict("seen", f"is {product.stock} now: check what has happened, then retry")
    if stock < 0:
        raise _conflict("change", f"takes more than there is: the stock is {product.stock}")
    if stock > MAX_STOCK and adjustment.change > 0:
        raise _conflict("change", f"makes more than {MAX_STOCK:,}: the stock is {product.stock}")
    return product.stock, Adjusted(stock, product.version)


def _conflict(field: str, message: str) -> Conflict:
    return Conflict(f"{field} {message}.", [FieldError(field, message)])
