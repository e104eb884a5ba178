"""What customers ask of the index of products, and what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Protocol

from commerce.catalogue.domain.products import Product
from shared.text.words import PASSING, words

DEEPEST_HIT = 1_000
"""Nobody reads on behind so many: a page begins before it, or not at all."""

MOST_WORDS = 16
MOST_CHARACTERS = 1_000
"""Of a query; what comes after them is not looked for."""

MOST_FACET_VALUES = 50
"""Of a facet: those that would leave most products."""


class Sort(StrEnum):
    """RELEVANCE needs words; without any, the newest come first."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    CHEAPEST = "price"
    DEAREST = "-price"


@dataclass(frozen=True, slots=True)
class PriceBand:
    """Prices in minor units, both ends included; the dearest band is open."""

    least: int
    most: int | None

    @property
    def name(self) -> str:
        """`500-999`, or `10000-`."""
        return f"{self.least}-{'' if self.most is None else self.most}"


_BANDS_BEGIN_AT = (0, 500, 1_000, 2_000, 5_000, 10_000)
PRICE_BANDS = (
    *(PriceBand(least, above - 1) for least, above in pairwise(_BANDS_BEGIN_AT)),
    PriceBand(_BANDS_BEGIN_AT[-1], None),
)


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

    def offset_after(self, found: "Found") -> int | None:
        """Where the next page begins; None where nothing follows, or nobody reads on."""
        after = self.offset + len(found.hits)
        return after if found.hits and after < min(found.total, DEEPEST_HIT) else None


@dataclass(frozen=True, slots=True)
class Highlight:
    """Text of a product as HTML: escaped, with `<em>` around what was found; None where nothing was found in it.

    The whole name, and of the description what stands around the first word that was found.
    """

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

    A facet's own filter does not narrow its own counts: one sees what else could be chosen. Values that would leave
    nothing are left out; prices stand in order, the others by their counts.
    """

    hits: tuple[Hit, ...]
    total: int
    facets: Mapping[str, tuple[FacetValue, ...]]


class ProductFinder(Protocol):
    """Finds active products only. Every method raises Unavailable where the search engine is down."""

    def find(self, query: Query) -> Found:
        """Products in which every word stands, in the name, a tag or the description, in another form of it too.

        Only where no product has them all, whatever its price and category: those in which the last word begins one
        of theirs, or in which words stand that may have been meant (`shared.text.typos` says how many typos; none in a
        first letter of a short word). Those that have more of the words as typed come first. Only where there are none
        of these either: those that have some of the words. Words said in passing need not be there. Words of which
        nothing can be looked for, as of `?!`, find nothing.
        """
        ...

    def suggest(self, prefix: str, limit: int) -> tuple[str, ...]:
        """Words, and names of products, that go on like this, the likeliest first, each once, as they are written.

        Words before the last one are taken as meant: what is suggested leads to a product that has them all.
        """
        ...


def sought(text: str) -> list[str]:
    """The words to look for: made alike, each once, without those said in passing where there are others."""
    found = list(dict.fromkeys(words(text[:MOST_CHARACTERS])))
    return ([word for word in found if word not in PASSING] or found)[:MOST_WORDS]
