"""Erasing what orders say of a customer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from commerce.orders.domain.orders import OrderBook


class CustomersOrders(Protocol):
    def ids_of(self, user_id: str) -> Sequence[str]:
        """Of all their orders. Raises Unavailable."""
        ...


@dataclass(frozen=True, slots=True)
class OrderErasing:
    """`years` are those in which the law has us keep what was bought and declared."""

    orders: CustomersOrders
    book: OrderBook
    years: int

    def erase(self, user_id: str, now: datetime) -> bool:
        """False while goods are still to be sent, or money to be given back. Raises Unavailable."""
        order_ids = self.orders.ids_of(user_id)
        changed = [self.book.change(each, lambda order: order.erased(self.years), now) for each in order_ids]
        return all(order.kept_until for order in changed)
