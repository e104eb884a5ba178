"""Reading one order, and finding some."""

import re

from commerce.orders.domain.order import Order
from commerce.orders.domain.orders import Listing, Orders, Page
from shared.auth.callers import Caller
from shared.errors import NotFound
from shared.ids import uuid7

ALL = Listing(None, None, None)

_NUMBER = re.compile(r"(?:[GD]-)?([0-9]{6,12})", re.IGNORECASE | re.ASCII)
"""Of an order, or of its receipts."""


def read_order(caller: Caller, order_id: str, orders: Orders) -> Order:
    """Customers read their own orders, staff anyone's; for others there is no such order (NotFound)."""
    order = orders.find(order_id)
    if order is None or (order.user_id != caller.user_id and not caller.is_staff):
        raise NotFound("There is no such order.")
    return order


def find_orders(words: str | None, listing: Listing, orders: Orders, after: str | None, limit: int) -> Page:
    """The listing, or of it the order with this number or id, or the orders of the customer with this id."""
    if words is None:
        return orders.listed(listing, after, limit)
    number = _NUMBER.fullmatch(words)
    order = orders.find_by_number(number[1]) if number else orders.find(words)
    if order is None:
        return orders.of_user(words, listing, after, limit)
    return Page((order,) if _belongs(order, listing) else (), None)


def _belongs(order: Order, listing: Listing) -> bool:
    since = listing.since is None or order.order_id >= uuid7(listing.since, 0)
    until = listing.until is None or order.order_id < uuid7(listing.until, 0)
    return since and until and listing.status in {None, order.status}
