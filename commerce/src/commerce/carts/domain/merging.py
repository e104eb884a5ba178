"""Merging a guest's cart into a user's."""

from collections.abc import Sequence
from dataclasses import replace

from commerce.carts.domain.cart import MAX_QUANTITY, Line, in_order, require_room


def merge_lines(lines: Sequence[Line], others: Sequence[Line]) -> tuple[Line, ...]:
    """Add up the quantities of each product, to at most 99; of its details, keep the user's. Raises Conflict."""
    by_product = {line.product_id: line for line in lines}
    for other in others:
        line = by_product.get(other.product_id)
        quantity = min(line.quantity + other.quantity, MAX_QUANTITY) if line else other.quantity
        by_product[other.product_id] = replace(line or other, quantity=quantity)
    all_lines = in_order(by_product.values())
    require_room(all_lines)
    return all_lines
