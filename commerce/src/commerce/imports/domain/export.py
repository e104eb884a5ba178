"""The whole catalogue as a file that can be imported again."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from commerce.catalogue.domain.catalogue import Listing, ProductPage
from commerce.catalogue.domain.products import Product, Status
from commerce.imports.domain.tags import tags_cell
from shared.errors import Unavailable
from shared.text.csv_text import Cell, csv_text

COLUMNS = ("productId", "kind", "name", "description", "category", "tags", "price", "currency", "stock", "status")
_PAGE = 1_000


@dataclass(frozen=True, slots=True)
class ExportLink:
    """Where a file can be downloaded for a while."""

    url: str
    expires_at: datetime


class Products(Protocol):
    def page(self, listing: Listing, after: str | None, limit: int) -> ProductPage:
        """Raises Unavailable."""
        ...


def exported(products: Products, has_time: Callable[[], bool]) -> str:
    """CSV of all products: those on sale, drafts, archived ones, the newest of each first. Raises Unavailable.

    One whose status changes meanwhile is in it once, or not at all.
    """
    by_id = {product.product_id: product for product in _all(products, has_time)}
    return csv_text(COLUMNS, map(_row, by_id.values()))


def _all(products: Products, has_time: Callable[[], bool]) -> Iterator[Product]:
    for status in (Status.ACTIVE, Status.DRAFT, Status.ARCHIVED):
        after: str | None = None
        while True:
            if not has_time():
                raise Unavailable("The catalogue could not be read in time: try again.", retry_after_seconds=5)
            page = products.page(Listing(status=status), after, _PAGE)
            yield from page.items
            after = page.after
            if after is None:
                break


def _row(product: Product) -> Sequence[Cell]:
    return (
        product.product_id,
        product.kind.value,
        product.name,
        product.description,
        product.category,
        tags_cell(product.tags),
        product.price,
        product.price.currency,
        product.stock,
        product.status.value,
    )
