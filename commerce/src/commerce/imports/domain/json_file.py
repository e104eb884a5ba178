"""Reads a JSON value, a list of products or an object with such a list as `items`, into records."""

from collections.abc import Mapping

from commerce.imports.domain.columns import column_of, shown, unknown
from commerce.imports.domain.lines import MAX_LINES, WHOLE_LINE, ColumnError, Record
from shared.errors import Invalid

_MAX_UNKNOWN_NAMES = 5  # named in a report; looking for what each may have meant takes time


def read_items(body: object) -> list[Record]:
    """The records, with the place in the list, from 1, as the line. Raises Invalid for a body that has no such list."""
    items = body.get("items") if isinstance(body, Mapping) and body.keys() == {"items"} else body
    if not isinstance(items, list):
        raise Invalid('The body must be a list of products, or {"items": [a list of products]}.')
    if len(items) > MAX_LINES:
        raise Invalid(f"The list has more than {MAX_LINES:,} products, and nothing was imported: split it.")
    return [_record(line, item) for line, item in enumerate(items, 1)]


def _record(line: int, item: object) -> Record:
    """An unknown name is an error of this item: others may have other names. Null says nothing, as if left out."""
    if not isinstance(item, Mapping):
        return Record(line, errors=(ColumnError(WHOLE_LINE, "must be an object with a product's fields"),))
    cells: dict[str, object] = {}
    called: dict[str, str] = {}
    errors: list[ColumnError] = []
    strangers: list[str] = []
    for name, value in item.items():
        column = column_of(name)
        if column is None:
            strangers.append(name)
        elif column in called:
            errors.append(ColumnError(shown(name), f"is a second field for {column}"))
        elif value is not None:
            cells[column], called[column] = value, name
    errors += [ColumnError(shown(name), unknown(name)) for name in strangers[:_MAX_UNKNOWN_NAMES]]
    if more := strangers[_MAX_UNKNOWN_NAMES:]:
        errors.append(ColumnError(WHOLE_LINE, f"has {len(more)} more fields that no product has"))
    return Record(line, cells, called, tuple(errors))
