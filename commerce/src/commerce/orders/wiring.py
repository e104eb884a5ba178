"""The composition root of orders."""

from functools import cache

from commerce import settings
from commerce.carts.adapters.carts import DynamoCarts
from commerce.checkout.adapters.checkouts import DynamoCheckouts
from commerce.orders.adapters.counters import DynamoCounters
from commerce.orders.adapters.executions import WaitingExecutions
from commerce.orders.adapters.orders import DynamoOrders
from commerce.orders.domain.processing import OrderProcessor
from commerce.payments.adapters.ledger import DynamoLedger
from shared.dynamodb.transactions import Transaction


@cache
def orders() -> DynamoOrders:
    return DynamoOrders(settings.Orders().orders_table)


@cache
def order_processor() -> OrderProcessor:
    return OrderProcessor(
        checkouts=DynamoCheckouts(settings.Checkouts().checkouts_table),
        orders=orders(),
        ledger=DynamoLedger(settings.Ledger().ledger_table),
        carts=DynamoCarts(settings.Carts().carts_table),
        numbers=DynamoCounters(settings.Counters().counters_table),
        waiting=WaitingExecutions(),
        unit_of_work=Transaction,
    )
