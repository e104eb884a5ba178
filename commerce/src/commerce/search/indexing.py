"""The composition root of what keeps the search index: it needs the products, and nothing else of the shop."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from commerce import settings
from commerce.search.adapters import product_changes
from commerce.search.adapters.dead_letters import SqsDeadLetters
from commerce.search.adapters.search_engines import index_at
from commerce.search.adapters.whole_catalogue import DynamoWholeCatalogue
from commerce.search.domain.following import ProductIndex
from commerce.search.domain.rebuilding import WholeCatalogue
from commerce.search.domain.syncing import Change, DeadLetters, Poison


@cache
def changes() -> Callable[[Mapping[str, Any]], list[Change | Poison]]:
    return product_changes.changes


@cache
def index() -> ProductIndex:
    return index_at(settings.read(settings.Indexing).search_url)


@cache
def dead_letters() -> DeadLetters:
    return SqsDeadLetters(settings.read(settings.Indexing).dead_letters_queue_url)


@cache
def whole_catalogue() -> WholeCatalogue:
    return DynamoWholeCatalogue(settings.read(settings.Indexing).products_table)
