"""The composition root of the catalogue."""

from collections.abc import Callable, Sequence
from functools import cache

from commerce import settings
from commerce.catalogue.adapters import products as product_table
from commerce.catalogue.adapters.products import DynamoProducts
from commerce.catalogue.domain.catalogue import Catalogue
from shared.events.changes import Change, Named
from shared.events.event_bridge import EventBus, bus_of_streams
from shared.http.cursors import Cursors
from shared.idempotency.claims import FirstAnswers
from shared.idempotency.first_answers import DynamoFirstAnswers
from shared.ids import new_id


@cache
def products() -> DynamoProducts:
    tables = settings.Catalogue()
    return DynamoProducts(tables.products_table, tables.idempotency_table)


@cache
def catalogue() -> Catalogue:
    return Catalogue(products(), currency(), new_id)


@cache
def first_answers() -> FirstAnswers:
    return DynamoFirstAnswers(settings.Catalogue().idempotency_table)


@cache
def cursors() -> Cursors:
    return Cursors(settings.CursorKey().cursor_key)


def currency() -> str:
    return settings.Catalogue().currency


def images_url() -> str:
    return settings.ImagesUrl().images_url


@cache
def events_of_change() -> Callable[[Change], Sequence[Named]]:
    low_at = int(settings.ProductEvents().stock_low_at)
    return lambda change: product_table.events_of_change(change, low_at)


@cache
def event_bus() -> EventBus:
    return bus_of_streams(settings.ProductEvents().event_bus_name, "almoner.commerce")
