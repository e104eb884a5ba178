"""What the assistant may look up and propose: always for the customer who asks, whatever it is told to.

A finding has two sides. Its outline is for whoever decides what to do next, and is made of ids, numbers, days and
states of ours; its passages may hold words of anybody, and are only for whoever writes the answer, who can do nothing.
"""

from dataclasses import dataclass
from typing import Protocol

from commerce.catalogue.domain.products import Product
from commerce.search.domain.finding import Query
from commerce.search.domain.searching import Search
from commerce.support.domain.help_pages import HelpPages
from commerce.support.domain.proposals import Proposal
from shared.errors import Unavailable

_MAX_PAGES, _MAX_PRODUCTS = 3, 5


@dataclass(frozen=True, slots=True)
class Passage:
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Finding:
    """`leads_on` where more may be done on account of it; `proposal` is one that was just made."""

    outline: str
    passages: tuple[Passage, ...] = ()
    leads_on: bool = False
    proposal: Proposal | None = None


@dataclass(frozen=True, slots=True)
class SearchHelp:
    question: str


@dataclass(frozen=True, slots=True)
class SearchProducts:
    words: str


@dataclass(frozen=True, slots=True)
class ListOrders:
    pass


@dataclass(frozen=True, slots=True)
class ReadOrder:
    order_id: str


@dataclass(frozen=True, slots=True)
class ProposeCancellation:
    order_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class ProposeRefund:
    """Of `amount` minor units, of the items that the customer's words name, or without either of all that is left."""

    order_id: str
    reason: str
    items: str = ""
    amount: int | None = None


type OrderUse = ListOrders | ReadOrder | ProposeCancellation | ProposeRefund
type ToolUse = SearchHelp | SearchProducts | OrderUse


class ToolsOfOrders(Protocol):
    def use(self, use: OrderUse) -> Finding:
        """Raises Unavailable."""
        ...


class Tools:
    """Of one customer, in one answer: `orders` are bound to both."""

    def __init__(self, help_pages: HelpPages, search: Search, orders: ToolsOfOrders) -> None:
        self._help_pages, self._search, self._orders = help_pages, search, orders

    def use(self, use: ToolUse) -> Finding:
        """A search that is down has found nothing. Raises Unavailable where orders are out of reach."""
        match use:
            case SearchHelp(question):
                return self._help(question)
            case SearchProducts(words):
                return self._products(words)
            case _:
                return self._orders.use(use)

    def _help(self, question: str) -> Finding:
        try:
            pages = self._help_pages.find(question, _MAX_PAGES)
        except Unavailable:
            return Finding("The help pages are out of reach at the moment.")
        passages = tuple(Passage(f"Help: {page.title}", page.text) for page in pages)
        return Finding(f"{len(pages)} help pages were found.", passages)

    def _products(self, words: str) -> Finding:
        try:
            hits = self._search.find(Query(words=words, limit=_MAX_PRODUCTS)).hits
        except Unavailable:
            return Finding("The search for products is out of reach at the moment.")
        passages = tuple(_of_product(hit.product) for hit in hits)
        return Finding(f"{len(passages)} products were found.", passages)


def _of_product(product: Product) -> Passage:
    if product.stock is None:
        stock = "It is a donation"
    elif product.stock:
        stock = f"In stock: {product.stock}"
    else:
        stock = "It is sold out"
    return Passage(product.name, f"It costs {product.price}. {stock}. {product.description}")
