"""Reads a JSON list of products, or an object with such a list as `items`, into records."""

from collections.abc import Mapping

from commerce.imports.domain.columns import column_of, unknown_column
from commerce.imports.domain.lines import MAX_LINES
from shared.errors import Invalid
from shared.text.csv_file import WHOLE_LINE, ColumnError, Record
from shared.text.csv_rows import printable

_MAX_UNKNOWN_NAMES = 5  # reported by name: finding similar names takes time


def read_items(body: object) -> list[Record]:
    """The records; `line` is the position in the list, from 1. Raises Invalid for any other body."""
    items = body.get("items") if isinstance(body, Mapping) and body.keys() == {"items"} else body
    if not isinstance(items, list):
        raise Invalid('The body must be a list of products, or {"items": [a list of products]}.')
    if len(items) > MAX_LINES:
        raise Invalid(f"The list has more than {MAX_LINES:,} products, and nothing was imported: split it.")
    return [_record(line, item) for line, item in enumerate(items, 1)]


def _record(line: int, item: object) -> Record:
    """Unknown names are errors of this item only. Null is the same as a missing field."""
    if not isinstance(item, Mapping):
        return Record(line, errors=(ColumnError(WHOLE_LINE, "must be an object with a product's fields"),))
    cells: dict[str, object] = {}
    names: dict[str, str] = {}
    errors: list[ColumnError] = []
    unknown: list[str] = []
    for name, value in item.items():
        column = column_of(name)
        if column is None:
            unknown.append(name)
        elif column in names:
            errors.append(ColumnError(printable(name), f"is a second field for {column}"))
        elif value is not None:
            cells[column], names[column] = value, name
    errors += [ColumnError(printable(name), unknown_column(name)) for name in unknown[:_MAX_UNKNOWN_NAMES]]
    if more := unknown[_MAX_UNKNOWN_NAMES:]:
        errors.append(ColumnError(WHOLE_LINE, f"has {len(more)} more unknown fields"))
    return Record(line, cells, names, tuple(errors))
