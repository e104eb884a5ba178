"""Counts the products on sale of each category, from news that come at least once and in any order.

News only name a product: what counts is the product as it is when they are read. What was counted of a product is kept
beside the counters and changes with them, so their sum is always that of what was counted.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from commerce.catalogue.domain.products import Product, Status
from shared.errors import Unavailable
from shared.persistence.unit_of_work import WriteRefused
from shared.resilience.backoff import Backoff

MAX_MOVES = 33
"""Of one transaction, which takes a hundred writes: a move is one, and changes two counters."""
_ATTEMPTS = 10


@dataclass(frozen=True, slots=True)
class Counted:
    """A product as it was counted, at this revision: None is no category, as it was not on sale."""

    product_id: str
    revision: int
    category: str | None


@dataclass(frozen=True, slots=True)
class Move:
    """`before` is None for a product that is counted for the first time."""

    before: Counted | None
    after: Counted


@dataclass(frozen=True, slots=True)
class CategoryCount:
    category: str
    count: int


class Products(Protocol):
    def find_many(self, product_ids: list[str]) -> Mapping[str, Product]: ...


class Categories(Protocol):
    """Every method raises Unavailable."""

    def counted(self, product_ids: Collection[str]) -> Mapping[str, Counted]:
        """By id, without products that have never been counted. Consistent."""
        ...

    def move(self, moves: Sequence[Move]) -> None:
        """Write up to MAX_MOVES, of different products, and what they add to their categories, or nothing.

        Raises WriteRefused if one of the products is no longer counted as it was before.
        """
        ...

    def with_products(self) -> Sequence[CategoryCount]:
        """Those that have any, in any order."""
        ...


def count(
    product_ids: Collection[str], products: Products, categories: Categories, backoff: Backoff | None = None
) -> int:
    """Bring what is counted of these products up to date; how many were in another category. Raises Unavailable."""
    wanted = list(dict.fromkeys(product_ids))
    backoff = backoff or Backoff(0.02, 0.5)
    return sum(
        _count(wanted[start : start + MAX_MOVES], products, categories, backoff)
        for start in range(0, len(wanted), MAX_MOVES)
    )


def _count(product_ids: list[str], products: Products, categories: Categories, backoff: Backoff) -> int:
    for _ in range(_ATTEMPTS):
        counted = categories.counted(product_ids)
        found = products.find_many(product_ids).values()
        moves = [Move(counted.get(product.product_id), counted_as(product)) for product in found]
        newer = [move for move in moves if move.before is None or move.before.revision < move.after.revision]
        if not newer:
            return 0
        try:
            categories.move(newer)
        except WriteRefused:
            backoff.pause()
        else:
            return sum(move.before is None or move.before.category != move.after.category for move in newer)
    raise Unavailable("The same products keep being counted.", retry_after_seconds=1)


def counted_as(product: Product) -> Counted:
    on_sale = product.status is Status.ACTIVE
    return Counted(product.product_id, product.revision, product.category if on_sale else None)


def changes_of(moves: Sequence[Move]) -> Mapping[str, int]:
    """What moves add to the counters of categories, without zeros."""
    changes: dict[str, int] = {}
    for move in moves:
        for counted, change in ((move.before, -1), (move.after, 1)):
            if counted and counted.category is not None:
                changes[counted.category] = changes.get(counted.category, 0) + change
    return {category: change for category, change in changes.items() if change}


def in_order(counts: Sequence[CategoryCount]) -> tuple[CategoryCount, ...]:
    """By name, as people sort: capitals beside their small letters."""
    return tuple(sorted(counts, key=lambda each: (each.category.casefold(), each.category)))
