"""What clients send about carts."""

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from commerce.carts.domain.cart import MAX_QUANTITY
from shared.http.fields import Body, not_null


def _some(quantity: int) -> int:
    """In the function alone: the gateway would answer 400, and would not say which number is meant."""
    if quantity == 0:
        raise ValueError("must be at least 1: to take the product out of the cart, DELETE its line")
    if not 1 <= quantity <= MAX_QUANTITY:
        raise ValueError(f"must be a whole number from 1 to {MAX_QUANTITY}")
    return quantity


class PutLine(Body):
    """`version` is that of the cart that was read; without it, the line is put into whatever cart there is."""

    MAX_BODY_BYTES = 4 * 1024

    quantity: Annotated[int, Field(description="1 to 99"), AfterValidator(_some)]
    version: Annotated[Annotated[int, Field(ge=0)] | None, BeforeValidator(not_null)] = None


class MergeCart(Body):
    MAX_BODY_BYTES = 4 * 1024

    cart_id: Annotated[str, Field(min_length=1, max_length=128)]
