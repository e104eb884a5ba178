"""Orders in DynamoDB: one item each, written on the condition of the version that was read.

An order of five lines has 2 KB, and stands in four indexes, two of which have its keys only.
"""

from collections.abc import Sequence
from dataclasses import replace

from pynamodb.indexes import Index

from commerce.orders.adapters.records import SHARDS, OrderRecord, OrdersByStatus, OrdersByUser, status_shard
from commerce.orders.domain.order import Order, OrderStatus
from commerce.orders.domain.order_events import events_of
from commerce.orders.domain.orders import ORDER, Listing, Page
from shared.dynamodb.connection import readers
from shared.dynamodb.key_ranges import ids_in
from shared.dynamodb.records import select
from shared.dynamodb.transactions import Transaction
from shared.events.changes import Change, Named
from shared.persistence.unit_of_work import UnitOfWork


class DynamoOrders:
    """The Orders table."""

    def __init__(self, orders_table: str) -> None:
        self._orders = OrderRecord.at(orders_table)

    def find(self, order_id: str) -> Order | None:
        """One consistent GetItem."""
        record = self._orders.find(order_id)
        return record.to_order() if record else None

    def find_by_number(self, number: str) -> Order | None:
        """A query of the index, then a consistent GetItem."""
        return self._found(self._orders.by_number, number)

    def find_by_payment(self, payment_id: str) -> Order | None:
        """A query of the index, then a consistent GetItem."""
        return self._found(self._orders.by_payment, payment_id)

    def of_user(self, user_id: str, listing: Listing, after: str | None, limit: int) -> Page:
        """One Query of the index, which reads one order more than the page has."""
        key = ids_in(listing.period, OrdersByUser.order_id, after)
        records = select(self._orders.by_user, user_id, key, newest_first=True, limit=limit + 1)
        page = _page([record.to_order() for record in records], limit)
        if listing.status is None:
            return page
        return Page(tuple(order for order in page.items if order.status is listing.status), page.after)

    def ids_of(self, user_id: str) -> Sequence[str]:
        """One query of the index."""
        return [found.order_id for found in select(self._orders.by_user, user_id, attributes=[OrderRecord.order_id])]

    def listed(self, listing: Listing, after: str | None, limit: int) -> Page:
        """One Query of each shard and status, at once, each of which reads up to one order more than the page has."""
        statuses = [listing.status] if listing.status else list(OrderStatus)
        parts = [status_shard(status, shard) for status in statuses for shard in range(SHARDS)]
        key = ids_in(listing.period, OrdersByStatus.order_id, after)
        found = readers().map(
            lambda part: select(self._orders.by_status, part, key, newest_first=True, limit=limit + 1), parts
        )
        orders = {record.order_id: record.to_order() for part in found for record in part}
        return _page([orders[order_id] for order_id in sorted(orders, reverse=True)], limit)

    def add(self, order: Order, unit_of_work: UnitOfWork) -> None:
        """A put in a transaction."""
        is_new = OrderRecord.order_id.does_not_exist()
        Transaction.of(unit_of_work).save(ORDER, self._orders.of(order), is_new)

    def save(self, order: Order, unit_of_work: UnitOfWork) -> Order:
        """A put in a transaction."""
        saved = replace(order, version=order.version + 1)
        Transaction.of(unit_of_work).save(ORDER, self._orders.of(saved), OrderRecord.version == order.version)
        return saved

    def _found(self, index: Index[OrderRecord], key: str) -> Order | None:
        keys = select(index, key, limit=1)
        return self.find(keys[0].order_id) if keys else None


def events_of_change(change: Change) -> Sequence[Named]:
    """What is published of a change in the table. Raises KeyError, TypeError or ValueError for what is no order."""
    if change.new is None:
        return ()  # nobody hears that an order is not kept any longer
    old = OrderRecord.of_image(change.old).to_order() if change.old is not None else None
    return list(events_of(old, OrderRecord.of_image(change.new).to_order()))


def _page(orders: Sequence[Order], limit: int) -> Page:
    return Page(tuple(orders[:limit]), orders[limit - 1].order_id if len(orders) > limit else None)
