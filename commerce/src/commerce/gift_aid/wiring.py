"""The composition root of Gift Aid."""

from functools import cache
from zoneinfo import ZoneInfo

from commerce import settings
from commerce.orders.adapters.orders import DynamoOrders


@cache
def orders() -> DynamoOrders:
    return DynamoOrders(settings.Orders().orders_table)


def charity() -> str:
    return settings.CharityName().charity_name


@cache
def zone() -> ZoneInfo:
    return ZoneInfo(settings.Charity().time_zone)
