"""What the contract suites ask of a search engine: its two sides, and a way to wait until what was written is found."""

from typing import Protocol

from commerce.catalogue.domain.products import Product
from commerce.search.domain.finding import Found, ProductFinder, Query
from commerce.search.domain.following import ProductIndex, entry_of


class Engine(Protocol):
    @property
    def finder(self) -> ProductFinder: ...

    @property
    def index(self) -> ProductIndex: ...

    def settle(self) -> None:
        """Return when everything applied so far can be found."""
        ...


def keep(engine: Engine, *products: Product) -> None:
    engine.index.apply([entry_of(product) for product in products])
    engine.settle()


def ids(found: Found) -> list[str]:
    return [hit.product.product_id for hit in found.hits]


def find(engine: Engine, words: str = "") -> list[str]:
    """The ids of what the words find, most relevant first."""
    return ids(engine.finder.find(Query(words=words, limit=100)))


def suggested(engine: Engine, typed: str, limit: int = 5) -> list[str]:
    """Texts, the likeliest first."""
    return [each.text for each in engine.finder.suggest(typed, limit)]
