"""What clients send about carts."""

from typing import Annotated

from pydantic import AfterValidator, Field

from commerce.carts.domain.cart import MAX_QUANTITY
from shared.http.fields import NOT_NULL, Body


def _valid_quantity(quantity: int) -> int:
    """Not in the gateway's schema: its error would not name the field."""
    if quantity == 0:
        raise ValueError("must be at least 1: to remove the product, DELETE its line")
    if not 1 <= quantity <= MAX_QUANTITY:
        raise ValueError(f"must be a whole number from 1 to {MAX_QUANTITY}")
    return quantity


class PutLine(Body):
    """With a `version`, only if the cart has it."""

    MAX_BODY_BYTES = 4 * 1024

    quantity: Annotated[int, Field(description="1 to 99"), AfterValidator(_valid_quantity)]
    version: Annotated[Annotated[int, Field(ge=0)] | None, NOT_NULL] = None


class MergeCart(Body):
    MAX_BODY_BYTES = 4 * 1024

    cart_id: Annotated[str, Field(min_length=1, max_length=128)]
