"""What admins send about stock."""

from typing import Annotated

from pydantic import AfterValidator, Field

from commerce.catalogue.domain.products import MAX_STOCK
from commerce.stock.domain.counting import Adjustment
from shared.http.fields import MAX_VERSION, NOT_NULL, Body, Line


def _not_nothing(change: int) -> int:
    if not change:
        raise ValueError("must not be 0: positive for pieces that are added, negative for those that are taken")
    return change


class AdjustStock(Body):
    """With `seen`, only if the stock is still that."""

    MAX_BODY_BYTES = 4 * 1024

    change: Annotated[int, Field(ge=-MAX_STOCK, le=MAX_STOCK), AfterValidator(_not_nothing)]
    reason: Annotated[str, Line(200)]
    seen: Annotated[Annotated[int, Field(ge=0, le=MAX_VERSION)] | None, NOT_NULL] = None

    def to_adjustment(self) -> Adjustment:
        return Adjustment(self.change, self.reason, self.seen)
