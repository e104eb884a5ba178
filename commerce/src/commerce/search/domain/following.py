"""How an index follows the catalogue: each entry has its product's version, and only a newer one takes its place.

So records of the stream may come twice, late or in any order: the index ends as the catalogue is. What customers no
longer find leaves a tombstone, an entry with a version like any other, so that a late record cannot bring it back.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from commerce.catalogue.domain.products import Product, Status


@dataclass(frozen=True, slots=True)
class Entry:
    """`product` is None for a tombstone."""

    product_id: str
    version: int
    product: Product | None


def entry_of(product: Product) -> Entry:
    """What the index should hold of a product."""
    return Entry(product.product_id, product.version, product if product.status is Status.ACTIVE else None)


class Refused(Exception):
    """The engine will never take some entries; it has taken all others. `reasons`: why, by the products' ids."""

    def __init__(self, reasons: Mapping[str, str]) -> None:
        super().__init__(f"{len(reasons)} entries were refused")
        self.reasons = reasons


class ProductIndex(Protocol):
    """The index that customers search; empty until something is written.

    Every method raises Unavailable where the search engine is down, or its index is not one that we can read.
    """

    def apply(self, entries: Sequence[Entry]) -> None:
        """Write each entry over an older one; an entry that is not newer changes nothing, and is no error.

        Raises Refused, with all others written.
        """
        ...

    def versions(self, product_ids: Sequence[str]) -> Mapping[str, tuple[int, bool]]:
        """Of those that have an entry: its version, and whether it is a product (True) or a tombstone (False)."""
        ...

    def product_ids(self) -> Iterator[str]:
        """Every id that has an entry, tombstones included."""
        ...

    def replace(self, entries: Iterable[Entry]) -> None:
        """Fill a new index, and let it take the place of this one at once: customers see the old or the new one.

        This one can be read while `entries` is. Where filling the new one fails, this one stays. Raises Refused, with
        the new one in place.
        """
        ...
