"""Reads a CSV text of products, ours or that of another shop system, into records."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from commerce.imports.domain.columns import read_header
from commerce.imports.domain.lines import MAX_LINES
from commerce.imports.domain.systems.recognized import system_of
from commerce.imports.domain.tags import tags_in
from shared.text.csv_file import ColumnError, CsvFile, Record

_WHOLE_NUMBER = re.compile(r"[+-]?[0-9]{1,15}")


def read_csv(body: bytes, charset: str = "") -> list[Record]:
    """Raises Malformed if the header is no text; Invalid if it cannot be used, or there are too many lines."""
    file = CsvFile(body, charset)
    system = system_of(file.names)
    if system is None:
        return list(file.records(read_header(file.names), MAX_LINES, _TYPED))
    rows = list(file.records(system.columns_of(file.names), MAX_LINES))
    return [_typed(record) for record in system.lines_of(rows)]


def _typed(record: Record) -> Record:
    cells, errors = dict[str, object](), list(record.errors)
    for column, text in record.cells.items():
        try:
            cells[column] = _TYPED.get(column, str)(str(text))
        except ValueError as error:
            errors.append(ColumnError(column, str(error)))
    return replace(record, cells=cells, errors=tuple(errors))


def _whole_number(text: str) -> int:
    if not _WHOLE_NUMBER.fullmatch(text):
        raise ValueError("must be a whole number, digits only")
    return int(text)


_TYPED: Mapping[str, Callable[[str], object]] = {
    "kind": str.lower,
    "status": str.lower,
    "currency": str.upper,
    "tags": tags_in,
    "amount": _whole_number,
    "stock": _whole_number,
    "seen": _whole_number,
}
