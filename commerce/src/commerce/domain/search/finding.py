"""What customers ask of the index of products, and what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from commerce.domain.products import Product

DEEPEST_HIT = 1_000
"""Nobody reads on behind so many: a page begins before it, or not at all."""


class Sort(StrEnum):
    """RELEVANCE needs words; without any, the newest come first."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    CHEAPEST = "price"
    DEAREST = "-price"


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """`words` as typed, perhaps none. Prices in minor units of the shop's currency, both ends included."""

    words: str = ""
    category: str | None = None
    min_price: int | None = None
    max_price: int | None = None
    sort: Sort = Sort.RELEVANCE
    offset: int = 0
    limit: int = 20


@dataclass(frozen=True, slots=True)
class Highlight:
    """Text of a product as HTML: escaped, with `<em>` around what was found; None where nothing was found in it."""

    name: str | None
    description: str | None


@dataclass(frozen=True, slots=True)
class Hit:
    product: Product
    highlight: Highlight


@dataclass(frozen=True, slots=True)
class FacetValue:
    value: str
    count: int


@dataclass(frozen=True, slots=True)
class Found:
    """A page of hits. `facets`: by name (category, kind, price), the values and how many products each would leave.

    A facet's own filter does not narrow its own counts: one sees what else could be chosen.
    """

    hits: tuple[Hit, ...]
    total: int
    facets: Mapping[str, tuple[FacetValue, ...]]


class ProductFinder(Protocol):
    """Finds active products only. Every method raises Unavailable where the search engine is down."""

    def find(self, query: Query) -> Found: ...

    def suggest(self, prefix: str, limit: int) -> tuple[str, ...]:
        """Names and words that begin like this, the likeliest first, each once."""
        ...
