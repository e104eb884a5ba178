"""The composition root of erasure."""

from functools import cache

from commerce import settings
from commerce.carts.adapters.erasing import CartErasing
from commerce.checkout.adapters.erasing import CheckoutErasing
from commerce.orders.adapters.orders import DynamoOrders
from commerce.orders.domain.erasing import OrderErasing
from commerce.orders.domain.orders import OrderBook
from commerce.support.adapters.erasing import ChatErasing
from shared.dynamodb.transactions import Transaction
from shared.erasure.consuming import Part
from shared.events.event_bridge import EventBus, bus_of_streams


@cache
def parts() -> tuple[Part, ...]:
    orders = DynamoOrders(settings.Orders().orders_table)
    return (
        CartErasing(settings.Carts().carts_table),
        ChatErasing(settings.ChatHistory().chat_history_table),
        CheckoutErasing(settings.Checkouts().checkouts_table),
        OrderErasing(orders, OrderBook(orders, Transaction), int(settings.Erasure().record_years)),
    )


@cache
def event_bus() -> EventBus:
    return bus_of_streams(settings.EventBus().event_bus_name, "almoner.commerce")
