"""The composition root: what a warm function keeps. Whatever one of these needs, it loads on first use."""

from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING

from commerce.settings import settings

if TYPE_CHECKING:  # at a cold start, only what a function needs
    from commerce.adapters.products import DynamoProducts
    from commerce.domain.carts.guests import GuestCartIds
    from commerce.domain.carts.shopping import Shopping
    from commerce.domain.catalogue import Catalogue
    from commerce.domain.imports.importing import Importer
    from commerce.domain.search.searching import Search
    from shared.cursors import Cursors
    from shared.idempotency import FirstAnswers

_WRITES_AT_ONCE = 16


@cache
def products() -> "DynamoProducts":
    from commerce.adapters.products import DynamoProducts

    known = settings()
    return DynamoProducts(known.products_table, known.idempotency_table)


@cache
def catalogue() -> "Catalogue":
    from commerce.domain.catalogue import Catalogue
    from shared.ids import new_id

    return Catalogue(products(), settings().currency, new_id)


@cache
def search() -> "Search":
    from commerce.adapters.search_engines import finder_at
    from commerce.domain.search.searching import Search
    from shared.circuit import CircuitBreaker

    return Search(finder_at(settings().search_url), CircuitBreaker(failures=3, open_seconds=5))


@cache
def shopping() -> "Shopping":
    from commerce.adapters.carts import DynamoCarts
    from commerce.domain.carts.shopping import Shopping
    from shared.dynamodb import readers

    known = settings()
    return Shopping(DynamoCarts(known.carts_table), products(), known.currency, readers())


@cache
def guest_cart_ids() -> "GuestCartIds":
    from commerce.domain.carts.guests import GuestCartIds
    from shared.ids import new_id
    from shared.seals import Seals

    return GuestCartIds(Seals(settings().cursor_key), new_id)


@cache
def importer() -> "Importer":
    from concurrent.futures import ThreadPoolExecutor

    from commerce.domain.imports.importing import Importer

    threads = ThreadPoolExecutor(_WRITES_AT_ONCE, thread_name_prefix="import")
    return Importer(products(), threads, lambda: datetime.now(UTC))


@cache
def first_answers() -> "FirstAnswers":
    from shared.first_answers import DynamoFirstAnswers

    return DynamoFirstAnswers(settings().idempotency_table)


@cache
def cursors() -> "Cursors":
    from shared.cursors import Cursors

    return Cursors(settings().cursor_key)


@cache
def currency() -> str:
    return settings().currency


@cache
def images_url() -> str:
    return settings().images_url
