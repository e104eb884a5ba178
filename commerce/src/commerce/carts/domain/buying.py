"""What stays in a cart of which something was bought."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from commerce.carts.domain.cart import Cart, Line


def remaining(cart: Cart, bought: Mapping[str, int], since: datetime) -> tuple[Line, ...]:
    """The lines without the quantities that were bought, by product, of the cart as it was at `since`.

    What the customer has added meanwhile stays, also of a product that they have removed and added again.
    """
    left = (_left(line, bought.get(line.product_id, 0), since) for line in cart.lines)
    return tuple(line for line in left if line.quantity > 0)


def _left(line: Line, bought: int, since: datetime) -> Line:
    return line if line.put_at > since else replace(line, quantity=line.quantity - bought)
