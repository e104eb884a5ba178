"""Lines of a file of products: as read, valid, and invalid."""

import re
import unicodedata
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from commerce.catalogue.domain.products import Kind, Status
from shared.money import Money

MAX_LINES = 5_000
"""What can be written within one request."""

WHOLE_LINE = "line"
"""In the place of a column's name for errors of the whole line."""

_PRODUCTS_BY_NAME = uuid.UUID("6f0d3a52-6a5c-5e0b-9d43-0b6c1f3a7e21")


@dataclass(frozen=True, slots=True)
class ColumnError:
    """`column` has the file's name for it; `tags[2]` is the third tag. Messages never repeat a value."""

    column: str
    message: str

    @property
    def base_column(self) -> str:
        """`tags` for `tags[2]`."""
        return re.split(r"[.\[]", self.column, maxsplit=1)[0]

    def renamed(self, name: str) -> "ColumnError":
        """The same error, for a column that the file has under another name."""
        return ColumnError(name + self.column.removeprefix(self.base_column), self.message)


@dataclass(frozen=True, slots=True)
class Record:
    """A line as read: its non-empty `cells` by column, and the file's `names` for these columns.

    `errors` are those of reading; values have not been validated yet.
    """

    line: int
    cells: Mapping[str, object] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    errors: tuple[ColumnError, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductLine:
    """A valid line. None stands for a field that the line does not have."""

    product_id: str
    name: str
    category: str
    price: Money
    kind: Kind | None = None
    description: str | None = None
    tags: tuple[str, ...] | None = None
    stock: int | None = None
    status: Status | None = None


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
