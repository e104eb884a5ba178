"""The composition root of what keeps the search index: it knows the products, and nothing else of the shop."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from shared.settings import from_environment, read_at_start

if TYPE_CHECKING:  # at a cold start, only what a function needs
    from commerce.domain.search.following import ProductIndex
    from commerce.domain.search.rebuilding import WholeCatalogue
    from commerce.domain.search.syncing import Change, Poison, Unfollowed


@dataclass(frozen=True)
class Settings:
    """`search_url` names the engine: https: or file:."""

    search_url: str
    products_table: str
    unfollowed_queue_url: str


@read_at_start
def settings() -> Settings:
    return from_environment(Settings)


@cache
def changes() -> "Callable[[Mapping[str, Any]], list[Change | Poison]]":
    from commerce.adapters.product_changes import changes

    return changes


@cache
def index() -> "ProductIndex":
    from commerce.adapters.search_engines import index_at

    return index_at(settings().search_url)


@cache
def unfollowed() -> "Unfollowed":
    from commerce.adapters.unfollowed import SqsUnfollowed

    return SqsUnfollowed(settings().unfollowed_queue_url)


@cache
def whole_catalogue() -> "WholeCatalogue":
    from commerce.adapters.whole_catalogue import DynamoWholeCatalogue

    return DynamoWholeCatalogue(settings().products_table)
