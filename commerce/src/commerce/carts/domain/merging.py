"""Merging a guest's cart into a user's."""

from collections.abc import Sequence
from dataclasses import replace

from commerce.carts.domain.cart import MAX_QUANTITY, Line, in_order, require_room
from shared.money import MAX_MINOR_UNITS, Money


def merge_lines(lines: Sequence[Line], others: Sequence[Line]) -> tuple[Line, ...]:
    """Add up the quantities of each product, to at most 99; of its details, keep the user's.

    Gifts of two amounts become one gift, of their sum. Raises Conflict for too many lines.
    """
    by_product = {line.product_id: line for line in lines}
    for other in others:
        line = by_product.get(other.product_id)
        by_product[other.product_id] = _merged(line, other) if line else other
    all_lines = in_order(by_product.values())
    require_room(all_lines)
    return all_lines


def _merged(line: Line, other: Line) -> Line:
    if line.own_price == other.own_price:
        return replace(line, quantity=min(line.quantity + other.quantity, MAX_QUANTITY))
    total = sum(each.quantity * each.price.amount for each in (line, other))
    return replace(line, quantity=1, own_price=Money(min(total, MAX_MINOR_UNITS), line.price.currency))
