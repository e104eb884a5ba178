"""What clients send about carts: checked by these models, and by the JSON schemas made of them at the gateway."""

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
    """PUT /cart/items/{productId}, PUT /guest-cart/items/{productId}

    `version` is that of the cart that was seen; where it is left out, the line is put into whatever cart there is.
    """

    quantity: Annotated[int, Field(description="1 to 99"), AfterValidator(_some)]
    version: Annotated[Annotated[int, Field(ge=0)] | None, BeforeValidator(not_null)] = None


class MergeCart(Body):
    """POST /cart/merges"""

    cart_id: Annotated[str, Field(min_length=1, max_length=128)]
