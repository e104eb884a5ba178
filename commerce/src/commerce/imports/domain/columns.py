"""The columns of a file of products: their names, other names for them, and what a slip of the pen may have meant."""

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from shared.errors import FieldError, Invalid

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
    "status",
)
MAX_COLUMNS = 50
_ALIASES = {
    "sku": "productId",
    "id": "productId",
    "priceamount": "amount",
    "pricecurrency": "currency",
}
_REQUIRED = ("name", "category")
_MAX_REPORTED = 20
_MAX_COMPARED_LENGTH = 40  # names of columns are short; comparing long ones takes time


def _folded(name: str) -> str:
    """`Product ID`, `product_id` and `productId` are one, and so are `price.amount` and `priceAmount`."""
    return re.sub(r"[\s._-]+", "", name).casefold()


_BY_FOLDED_NAME = {_folded(name): name for name in COLUMNS} | _ALIASES


def column_of(name: str) -> str | None:
    """The known column that a file calls so."""
    return _BY_FOLDED_NAME.get(_folded(name)) if len(name) <= _MAX_COMPARED_LENGTH else None


def unknown(name: str) -> str:
    """What to tell about a name that no column has."""
    close = get_close_matches(_folded(name), _BY_FOLDED_NAME, 1) if len(name) <= _MAX_COMPARED_LENGTH else []
    return (
        f"is no column of products: do you mean {_BY_FOLDED_NAME[close[0]]}?" if close else "is no column of products"
    )


def shown(name: str) -> str:
    """A name as an error may carry it."""
    plain = "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in name)
    return plain if len(plain) <= _MAX_COMPARED_LENGTH else plain[:_MAX_COMPARED_LENGTH] + "…"


def read_header(names: Sequence[str]) -> list[str | None]:
    """The known column of every name; None for a column without a name. Raises Invalid with all that is wrong."""
    columns: list[str | None] = []
    errors: list[FieldError] = []
    for name in names:
        column = column_of(name) if name else None
        if name and column is None:
            errors.append(FieldError(shown(name), unknown(name)))
        elif column is not None and column in columns:
            errors.append(FieldError(shown(name), f"is a second column for {column}"))
        columns.append(column)
    errors += [FieldError(name, "is missing") for name in _missing(columns)]
    if errors:
        raise Invalid("The file's header is wrong, and nothing was imported: see errors.", errors[:_MAX_REPORTED])
    return columns


def _missing(columns: Iterable[str | None]) -> list[str]:
    there = set(columns)
    missing = [name for name in _REQUIRED if name not in there]
    return missing if there & {"price", "amount"} else [*missing, "price"]
