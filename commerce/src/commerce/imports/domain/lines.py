"""Lines of a file of products: as read, valid, and invalid."""

import unicodedata
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from commerce.catalogue.domain.products import Kind, Status
from shared.money import Money
from shared.text.csv_file import ColumnError, Record

MAX_LINES = 100_000
MAX_LINES_AT_ONCE = 1_000
"""What can be written while somebody waits."""

_PRODUCTS_BY_NAME = uuid.UUID("6f0d3a52-6a5c-5e0b-9d43-0b6c1f3a7e21")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductLine:
    """A valid line. None stands for a field that the line does not have."""

    product_id: str
    name: str | None = None
    category: str | None = None
    price: Money | None = None
    kind: Kind | None = None
    description: str | None = None
    tags: tuple[str, ...] | None = None
    stock: int | None = None
    seen: int | None = None
    status: Status | None = None

    @property
    def is_count(self) -> bool:
        """Whether it only says how many pieces there are, and perhaps how many there were seen before."""
        return self.stock is not None and self == ProductLine(
            product_id=self.product_id, stock=self.stock, seen=self.seen
        )


@dataclass(frozen=True, slots=True)
class InvalidLine:
    """A line that is not imported, with all of its errors.

    `valid_part` is the line without its invalid cells: it is compared with the catalogue as well. `product_id` is None
    if the line does not identify a product.
    """

    errors: tuple[ColumnError, ...]
    product_id: str | None = None
    valid_part: ProductLine | None = None


type LineValidator = Callable[[Record], ProductLine | InvalidLine]


def id_by_name(name: str, category: str) -> str:
    """The id of a product without one: derived from name and category, whatever their case and spacing."""
    key = "\0".join(" ".join(unicodedata.normalize("NFKC", text).casefold().split()) for text in (category, name))
    return str(uuid.uuid5(_PRODUCTS_BY_NAME, key))
