"""What clients send about carts."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from commerce.carts.domain.cart import MAX_QUANTITY
from shared.http.fields import MAX_VERSION, NOT_NULL, Body
from shared.money import MAX_MINOR_UNITS


def _not_nothing(quantity: object) -> object:
    if quantity == 0 and isinstance(quantity, int) and not isinstance(quantity, bool):
        raise ValueError("must be at least 1: to remove the product, DELETE its line")
    return quantity


class PutLine(Body):
    """With a `version`, only if the cart has it. `amount`, in minor units: what to give for one of a donation item."""

    MAX_BODY_BYTES = 4 * 1024

    quantity: Annotated[int, Field(ge=1, le=MAX_QUANTITY), BeforeValidator(_not_nothing)]
    amount: Annotated[Annotated[int, Field(ge=1, le=MAX_MINOR_UNITS)] | None, NOT_NULL] = None
    version: Annotated[Annotated[int, Field(ge=0, le=MAX_VERSION)] | None, NOT_NULL] = None


class MergeCart(Body):
    MAX_BODY_BYTES = 4 * 1024

    cart_id: Annotated[str, Field(min_length=1, max_length=128)]
