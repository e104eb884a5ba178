"""The composition root of the catalogue."""

from functools import cache

from commerce import settings
from commerce.catalogue.adapters.products import DynamoProducts
from commerce.catalogue.domain.catalogue import Catalogue
from shared.http.cursors import Cursors
from shared.idempotency.claims import FirstAnswers
from shared.idempotency.first_answers import DynamoFirstAnswers
from shared.ids import new_id


@cache
def products() -> DynamoProducts:
    tables = settings.read(settings.Catalogue)
    return DynamoProducts(tables.products_table, tables.idempotency_table)


@cache
def catalogue() -> Catalogue:
    return Catalogue(products(), currency(), new_id)


@cache
def first_answers() -> FirstAnswers:
    return DynamoFirstAnswers(settings.read(settings.Catalogue).idempotency_table)


@cache
def cursors() -> Cursors:
    return Cursors(settings.read(settings.Catalogue).cursor_key)


def currency() -> str:
    return settings.read(settings.Catalogue).currency


def images_url() -> str:
    return settings.read(settings.Catalogue).images_url
