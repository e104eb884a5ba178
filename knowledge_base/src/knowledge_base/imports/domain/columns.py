"""The columns of a file of customers."""

import re
from collections.abc import Sequence

from shared.errors import FieldError, Invalid
from shared.text.csv_rows import printable

ORDER_COLUMNS = ("orderId", "orderNumber", "orderTotal", "currency", "orderedAt")
"""Of which a line has all or none."""
COLUMNS = ("userId", "name", "email", "since", *ORDER_COLUMNS, "orderStatus")
_REQUIRED = ("userId",)


def _folded(name: str) -> str:
    """`User ID`, `user_id` and `userId` are the same."""
    return re.sub(r"[\s._-]+", "", name).casefold()


_BY_FOLDED_NAME = {_folded(name): name for name in COLUMNS}


def read_header(names: Sequence[str]) -> list[str | None]:
    """The column of every name; None for a column without a name. Raises Invalid with all errors."""
    columns = [_BY_FOLDED_NAME.get(_folded(name)) for name in names]
    errors = [
        FieldError(printable(name), f"is a second column for {column}" if column else "is not a column of customers")
        for place, (name, column) in enumerate(zip(names, columns, strict=True))
        if name and (column is None or column in columns[:place])
    ]
    errors += [FieldError(name, "is missing") for name in _REQUIRED if name not in columns]
    if errors:
        raise Invalid("The file's header is not valid, and nothing was imported: see errors.", errors)
    return columns
