"""How a guest's cart becomes part of a user's."""

from collections.abc import Sequence
from dataclasses import replace

from commerce.carts.domain.cart import MAX_QUANTITY, Line, in_order, require_room


def together(lines: Sequence[Line], others: Sequence[Line]) -> tuple[Line, ...]:
    """Quantities of one product add up, to 99 at most; what the user has seen of it stays. Raises Conflict."""
    merged = {line.product_id: line for line in lines}
    for other in others:
        known = merged.get(other.product_id)
        quantity = min(known.quantity + other.quantity, MAX_QUANTITY) if known else other.quantity
        merged[other.product_id] = replace(known or other, quantity=quantity)
    all_lines = in_order(merged.values())
    require_room(all_lines)
    return all_lines
