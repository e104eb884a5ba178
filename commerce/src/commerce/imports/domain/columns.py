"""The columns of a file of products: names, aliases, and suggestions for misspelled ones."""

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from shared.errors import FieldError, Invalid
from shared.text.csv_rows import printable

COLUMNS = (
    "productId",
    "kind",
    "name",
    "description",
    "category",
    "tags",
    "price",
    "amount",
    "currency",
    "stock",
    "seen",
    "status",
)
_ALIASES = {
    "sku": "productId",
    "id": "productId",
    "priceamount": "amount",
    "pricecurrency": "currency",
}
_MAX_COMPARED_LENGTH = 40  # comparing long names takes time


def folded(name: str) -> str:
    """`Product ID`, `product_id` and `productId` are the same, and so are `price.amount` and `priceAmount`."""
    return re.sub(r"[\s._-]+", "", name).casefold()


_BY_FOLDED_NAME = {folded(name): name for name in COLUMNS} | _ALIASES


def column_of(name: str) -> str | None:
    """The column that a file has under this name, if any."""
    return _BY_FOLDED_NAME.get(folded(name)) if len(name) <= _MAX_COMPARED_LENGTH else None


def unknown_column(name: str) -> str:
    """The error message for a name that is no column's."""
    close = get_close_matches(folded(name), _BY_FOLDED_NAME, 1) if len(name) <= _MAX_COMPARED_LENGTH else []
    suggestion = f"; did you mean {_BY_FOLDED_NAME[close[0]]}?" if close else ""
    return f"is not a column of products{suggestion}"


def read_header(names: Sequence[str]) -> list[str | None]:
    """The column of every name; None for a column without a name. Raises Invalid with all errors."""
    columns: list[str | None] = []
    errors: list[FieldError] = []
    for name in names:
        column = column_of(name) if name else None
        if name and column is None:
            errors.append(FieldError(printable(name), unknown_column(name)))
        elif column is not None and column in columns:
            errors.append(FieldError(printable(name), f"is a second column for {column}"))
        columns.append(column)
    errors += [FieldError(name, "is missing; a file without it needs productId") for name in _missing(columns)]
    if errors:
        raise Invalid("The file's header is not valid, and nothing was imported: see errors.", errors)
    return columns


def _missing(columns: Iterable[str | None]) -> list[str]:
    """What of a product's identity the file does not have: its id, or name and category."""
    present = set(columns)
    return [] if "productId" in present else [name for name in ("name", "category") if name not in present]
