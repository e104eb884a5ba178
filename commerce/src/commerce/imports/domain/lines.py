"""What a line of a file says of a product, and what is wrong with it."""

import re
import unicodedata
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from commerce.catalogue.domain.products import Kind, Status
from shared.money import Money

MAX_LINES = 5_000
"""As many as are written within the time of one request; a longer file is split."""

WHOLE_LINE = "line"
"""Stands for a column where the line as a whole is wrong."""

_PRODUCTS_BY_NAME = uuid.UUID("6f0d3a52-6a5c-5e0b-9d43-0b6c1f3a7e21")


@dataclass(frozen=True, slots=True)
class ColumnError:
    """`column` is called as the file calls it, `tags[2]` is the third tag; the message never repeats a value."""

    column: str
    message: str

    @property
    def known_column(self) -> str:
        """`tags` of `tags[2]`."""
        return re.split(r"[.\[]", self.column, maxsplit=1)[0]

    def called(self, name: str) -> "ColumnError":
        """The same of a column that the file calls `name`."""
        return ColumnError(name + self.column.removeprefix(self.known_column), self.message)


@dataclass(frozen=True, slots=True)
class Record:
    """What stands on a line: `cells` by the known column, `called` by the file's own names of columns.

    A cell that says nothing is not there. `errors` are those of reading; values have not been judged yet.
    """

    line: int
    cells: Mapping[str, object] = field(default_factory=dict)
    called: Mapping[str, str] = field(default_factory=dict)
    errors: tuple[ColumnError, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductLine:
    """A sound line. None is what the line does not say."""

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
class Unsound:
    """A line that is not imported, with everything that is wrong with it.

    `otherwise` is the line without its wrong cells: what it still says is held against the catalogue too. Without an
    id of its own that can be used, the line's product is nobody's: `product_id` is None.
    """

    errors: tuple[ColumnError, ...]
    product_id: str | None = None
    otherwise: ProductLine | None = None


type Judge = Callable[[Record], ProductLine | Unsound]
"""Holds a line against the rules of a product."""


def id_by_name(name: str, category: str) -> str:
    """The id of a product that brings none: the same for name and category however spaced or cased."""
    key = "\0".join(" ".join(unicodedata.normalize("NFKC", text).casefold().split()) for text in (category, name))
    return str(uuid.uuid5(_PRODUCTS_BY_NAME, key))
