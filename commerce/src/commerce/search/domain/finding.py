"""Product search: queries, results, and what a search engine has to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Protocol

from commerce.catalogue.domain.products import Kind, Product
from commerce.search.domain.suggesting import Suggestion

MAX_HITS = 1_000
"""How many results of a query can be paged through."""

MAX_FACET_VALUES = 50
"""Per facet, the most frequent ones."""


class Sort(StrEnum):
    """RELEVANCE and AVAILABILITY have what is sold out last. Without words, they are the same: the newest first."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    CHEAPEST = "price"
    DEAREST = "-price"
    NAME = "name"
    NAME_BACKWARDS = "-name"
    AVAILABILITY = "availability"


class Match(StrEnum):
    """How products match: ALL words, in any form or wording; words SIMILAR to all of them; or SOME of the words."""

    ALL = "all"
    SIMILAR = "similar"
    SOME = "some"


@dataclass(frozen=True, slots=True)
class PriceBand:
    """Prices in minor units, both ends included; the last band has no upper end."""

    min_amount: int
    max_amount: int | None

    @property
    def name(self) -> str:
        """`500-999`, or `10000-`."""
        return f"{self.min_amount}-{'' if self.max_amount is None else self.max_amount}"


_BANDS_BEGIN_AT = (0, 500, 1_000, 2_000, 5_000, 10_000)
PRICE_BANDS = (
    *(PriceBand(start, following - 1) for start, following in pairwise(_BANDS_BEGIN_AT)),
    PriceBand(_BANDS_BEGIN_AT[-1], None),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """`words` as typed, may be empty. Prices in minor units, both ends included.

    Products have one of the `categories`, if there are any, and all `tags`.
    """

    words: str = ""
    categories: tuple[str, ...] = ()
    kind: Kind | None = None
    tags: tuple[str, ...] = ()
    in_stock: bool = False
    min_price: int | None = None
    max_price: int | None = None
    sort: Sort = Sort.RELEVANCE
    offset: int = 0
    limit: int = 20

    def offset_after(self, found: "Found") -> int | None:
        """Offset of the next page; None after the last one."""
        after = self.offset + len(found.hits)
        return after if found.hits and after < min(found.total, MAX_HITS) else None


@dataclass(frozen=True, slots=True)
class Highlight:
    """Escaped HTML with `<em>` around matches: the whole name, an excerpt of the description. None without a match."""

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
    """A page of hits. `facets`: the values of category, kind, price and tag, with the number of products for each.

    Counts of a facet ignore its own filter, so that customers see what else they could choose; those of tags do not, as
    every further tag narrows. Empty values are left out; price bands are in order, other values by count.
    """

    hits: tuple[Hit, ...]
    total: int
    match: Match
    facets: Mapping[str, tuple[FacetValue, ...]]


class ProductFinder(Protocol):
    """Searches active products. Every method raises Unavailable when the search engine is down."""

    def find(self, query: Query) -> Found:
        """Products whose name, tags, category or description contain every word: in any inflected form, as a synonym,
        or written as one word with its neighbour (`reading.read`).

        If no product does, before filters are applied: products that match every word with typos, or the last one as a
        prefix, exact matches first; typos count in names, tags and categories. If there are none of these either:
        products that match what names the thing, whatever describes it further (`reading.Reading`).
        A query without any letter or digit, such as `?!`, finds nothing.
        """
        ...

    def suggest(self, prefix: str, limit: int) -> tuple[Suggestion, ...]:
        """Categories, completions of the last word, and products: see `suggesting.suggestions`.

        Words before the last one are taken as typed: some product contains all of them and the completion.
        """
        ...
