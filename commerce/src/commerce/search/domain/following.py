"""How the index follows the catalogue: an entry carries its product's revision, and is replaced only by a newer one.

So stream records may arrive twice, late or out of order, and the index still ends up like the catalogue. A product that
is no longer on sale leaves a tombstone, which has a revision too, so that a late record cannot bring it back.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from commerce.catalogue.domain.products import Product, Status


@dataclass(frozen=True, slots=True)
class Entry:
    """`version` is the product's revision, which every write counts, sales too. `product` is None for a tombstone."""

    product_id: str
    version: int
    product: Product | None


def entry_of(product: Product) -> Entry:
    """The entry that the index should have for a product."""
    return Entry(product.product_id, product.revision, product if product.status is Status.ACTIVE else None)


class Refused(Exception):
    """The engine rejects some entries for good; all others are written. `reasons`: why, by product id."""

    def __init__(self, reasons: Mapping[str, str]) -> None:
        super().__init__(f"{len(reasons)} entries were refused")
        self.reasons = reasons


class Overtaken(Exception):
    """A later rebuild has switched to its index already; this one's is discarded."""


class ProductIndex(Protocol):
    """The index that customers search; empty until something is written.

    Every method raises Unavailable when the search engine is down or its index has another format.
    """

    def apply(self, entries: Sequence[Entry]) -> None:
        """Write the entries that are newer than those in the index; ignore the others. Raises Refused."""
        ...

    def versions(self, product_ids: Sequence[str]) -> Mapping[str, tuple[int, bool]]:
        """Of each entry, its version and whether it is a product (True) or a tombstone (False)."""
        ...

    def product_ids(self) -> Iterator[str]:
        """Ids of all entries, tombstones included."""
        ...

    def is_outdated(self) -> bool:
        """Whether another release has analyzed its texts: only replacing it helps. False if there is none."""
        ...

    def replace(self, entries: Iterable[Entry]) -> None:
        """Fill a new index and switch to it atomically. If filling it fails, the current one stays.

        The current one stays readable while `entries` is consumed. Raises Refused after the switch; Overtaken.
        """
        ...
