"""Product search: queries, results, and what a search engine has to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Protocol

from commerce.catalogue.domain.products import Product
from shared.text.words import STOP_WORDS, words

MAX_HITS = 1_000
"""How many results of a query can be paged through."""

MAX_WORDS = 16
MAX_CHARACTERS = 1_000
"""Of a query; the rest is ignored."""

MAX_FACET_VALUES = 50
"""Per facet, the most frequent ones."""


class Sort(StrEnum):
    """Without words, RELEVANCE is NEWEST."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    CHEAPEST = "price"
    DEAREST = "-price"


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
    """`words` as typed, may be empty. Prices in minor units, both ends included."""

    words: str = ""
    category: str | None = None
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
    """A page of hits. `facets`: the values of category, kind and price, with the number of products for each.

    Counts of a facet ignore its own filter, so that customers see what else they could choose. Empty values are left
    out; price bands are in order, other values by count.
    """

    hits: tuple[Hit, ...]
    total: int
    facets: Mapping[str, tuple[FacetValue, ...]]


class ProductFinder(Protocol):
    """Searches active products. Every method raises Unavailable when the search engine is down."""

    def find(self, query: Query) -> Found:
        """Products whose name, tags or description contain every word, in any inflected form.

        If no product does, before filters are applied: products that match every word with typos, or the last one as a
        prefix, exact matches first (`shared.text.typos` says how many typos; none in the first letter of a short word).
        If there are none of these either: products that match some of the words. Stop words are optional. A query
        without any letter or digit, such as `?!`, finds nothing.
        """
        ...

    def suggest(self, prefix: str, limit: int) -> tuple[str, ...]:
        """Completions of the last word and names of products, most likely first, without duplicates.

        Words before the last one are taken as typed: some product contains all of them and the completion.
        """
        ...


def search_terms(text: str) -> list[str]:
    """Distinct normalized words; stop words only if there are no others."""
    found = list(dict.fromkeys(words(text[:MAX_CHARACTERS])))
    return ([word for word in found if word not in STOP_WORDS] or found)[:MAX_WORDS]
