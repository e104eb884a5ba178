"""The composition root of product search: for customers, and for the functions that maintain the index."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from commerce import settings
from commerce.catalogue.wiring import cursors, images_url
from commerce.search.adapters import product_changes
from commerce.search.adapters.dead_letters import SqsDeadLetters
from commerce.search.adapters.run_lock import DynamoRunLock
from commerce.search.adapters.search_engines import finder_at, index_at
from commerce.search.adapters.whole_catalogue import DynamoWholeCatalogue
from commerce.search.domain import vocabulary
from commerce.search.domain.counting import SearchFigures
from commerce.search.domain.following import ProductIndex
from commerce.search.domain.rebuilding import WholeCatalogue
from commerce.search.domain.searching import Search
from commerce.search.domain.single_run import RunLock
from commerce.search.domain.syncing import Change, DeadLetters, Poison
from shared.figures.dynamo_figures import DynamoFigures
from shared.resilience.circuit import CircuitBreaker

__all__ = [
    "change_of",
    "cursors",
    "dead_letters",
    "figures",
    "images_url",
    "index",
    "run_lock",
    "search",
    "whole_catalogue",
]


@cache
def search() -> Search:
    vocabulary.load()
    finder = finder_at(settings.Search().search_url)
    return Search(finder, CircuitBreaker(failures=3, open_seconds=5))


@cache
def figures() -> SearchFigures:
    return DynamoFigures(settings.Figures().figures_table, ZoneInfo(settings.Charity().time_zone))


@cache
def index() -> ProductIndex:
    return index_at(settings.Search().search_url)


@cache
def change_of() -> Callable[[Mapping[str, Any]], Change | Poison]:
    return product_changes.change_of


@cache
def dead_letters() -> DeadLetters:
    return SqsDeadLetters(settings.DeadLetters().dead_letters_queue_url)


@cache
def whole_catalogue() -> WholeCatalogue:
    return DynamoWholeCatalogue(settings.WholeCatalogue().products_table)


@cache
def run_lock() -> RunLock:
    return DynamoRunLock(settings.Locks().locks_table)
