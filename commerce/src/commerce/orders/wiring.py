"""The composition root of orders."""

from functools import cache

from commerce import settings
from commerce.carts.adapters.carts import DynamoCarts
from commerce.checkout.adapters.checkouts import DynamoCheckouts
from commerce.checkout.adapters.step_functions import WaitingExecutions
from commerce.checkout.domain.sealing import QuoteSeals
from commerce.orders.adapters.orders import DynamoOrders, events_of_change
from commerce.orders.adapters.settlements import SqsSettlements
from commerce.orders.domain.orders import OrderBook, booked, closed, restocked
from commerce.orders.domain.processing import OrderProcessor
from commerce.orders.domain.refunds import Refunds
from commerce.payments.wiring import ledger, payment_provider
from commerce.stock.wiring import stock_ledger
from shared.auth.seals import Seals
from shared.dynamodb.counters import DynamoCounters
from shared.dynamodb.transactions import Transaction
from shared.events.event_bridge import EventBus, bus_of_streams
from shared.http.cursors import Cursors
from shared.idempotency.first_answers import DynamoFirstAnswers

__all__ = ["cursors", "event_bus", "events_of_change", "order_book", "order_processor", "orders", "refunds"]


@cache
def orders() -> DynamoOrders:
    return DynamoOrders(settings.Orders().orders_table)


@cache
def order_book() -> OrderBook:
    """For what changes orders alone."""
    return OrderBook(orders(), Transaction, first_answers=DynamoFirstAnswers(settings.FirstAnswers().idempotency_table))


@cache
def refunds() -> Refunds:
    """Only for functions with the layer of payments."""
    consequences = booked(ledger()), restocked(stock_ledger()), closed(_checkouts())
    return Refunds(
        book=OrderBook(orders(), Transaction, consequences),
        orders=orders(),
        provider=payment_provider(),
        settlements=SqsSettlements(settings.SettlementQueue().settlement_queue_url),
    )


@cache
def order_processor() -> OrderProcessor:
    return OrderProcessor(
        checkouts=_checkouts(),
        seals=QuoteSeals(Seals(settings.CursorKey().cursor_key)),
        orders=orders(),
        ledger=ledger(),
        carts=DynamoCarts(settings.Carts().carts_table),
        numbers=DynamoCounters(settings.Counters().counters_table),
        waiting=WaitingExecutions(),
        unit_of_work=Transaction,
    )


@cache
def event_bus() -> EventBus:
    return bus_of_streams(settings.EventBus().event_bus_name, "almoner.commerce")


@cache
def cursors() -> Cursors:
    return Cursors(settings.CursorKey().cursor_key)


def _checkouts() -> DynamoCheckouts:
    return DynamoCheckouts(settings.Checkouts().checkouts_table)
