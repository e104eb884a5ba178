"""Reads a CSV text, as spreadsheets save it, into records."""

import re
from collections.abc import Callable, Iterator, Mapping

from commerce.imports.domain.columns import printable, read_header
from commerce.imports.domain.csv_rows import BrokenRow, Row, Rows, delimiter_of, first_line
from commerce.imports.domain.lines import MAX_LINES, WHOLE_LINE, ColumnError, Record
from shared.errors import Invalid, Malformed

_WHOLE_NUMBER = re.compile(r"[+-]?[0-9]{1,15}")
_BYTE_ORDER_MARK = "\ufeff"
_NO_CHARACTER = "\N{REPLACEMENT CHARACTER}"
_MAX_ROWS = 4 * MAX_LINES  # including empty ones, which take time too
_SAVE_AS = "save the file as CSV in UTF-8"


def read_csv(body: bytes) -> list[Record]:
    """The records of a file, without empty lines; line 1 is the header.

    Raises Malformed if the header is not UTF-8 text; Invalid if it cannot be used, or there are too many lines.
    """
    # API Gateway replaces bytes that are not UTF-8 by this character: do the same with a binary body
    text = body.decode(errors="replace").removeprefix(_BYTE_ORDER_MARK)
    header = first_line(text)
    if _NO_CHARACTER in header or not all(character.isprintable() or character == "\t" for character in header):
        raise Malformed(f"The file's first line is not text: {_SAVE_AS}.")
    rows = Rows(text, delimiter_of(header))
    first = next(iter(rows), None)
    if first is None:
        raise Invalid("The file is empty: its first line has to name the columns.")
    if isinstance(first, BrokenRow):
        raise Invalid(f"The file's header cannot be read: it {first.message}.")
    names = [name.strip() for name in first.fields]
    if not any(names):
        raise Invalid("The file's first line is empty: it has to name the columns.")
    return list(_records(rows, names, read_header(names)))


def _records(rows: Rows, names: list[str], columns: list[str | None]) -> Iterator[Record]:
    count = 0
    for read, row in enumerate(rows):
        if read > _MAX_ROWS:
            raise Invalid("The file has too many lines, most of them empty; nothing was imported.")
        if isinstance(row, Row) and not any(field.strip() for field in row.fields):
            continue
        count += 1
        if count > MAX_LINES:
            raise Invalid(
                f"The file has more than {MAX_LINES:,} lines of products, and nothing was imported: split it."
            )
        if isinstance(row, BrokenRow):
            yield _unreadable(row.line, _name(names, row.field), row.message)
        elif len(row.fields) != len(columns):
            yield _unreadable(row.line, WHOLE_LINE, _miscounted(row, len(columns)))
            # a missing quotation mark may have turned several lines into one row: read them again
            rows.again_after_first_line()
        else:
            yield _record(row, names, columns)


def _name(names: list[str], field: int | None) -> str:
    return printable(names[field]) if field is not None and field < len(names) and names[field] else WHOLE_LINE


def _unreadable(line: int, column: str, message: str) -> Record:
    return Record(line, errors=(ColumnError(column, message),))


def _miscounted(row: Row, expected: int) -> str:
    message = f"has {len(row.fields)} fields, but the header has {expected}"
    if row.last_line > row.line:
        message += f"; it continues to line {row.last_line}: a quotation mark may be missing"
    return message


def _record(row: Row, names: list[str], columns: list[str | None]) -> Record:
    cells: dict[str, object] = {}
    names_in_file: dict[str, str] = {}
    errors: list[ColumnError] = []
    for name, column, field in zip(names, columns, row.fields, strict=True):
        text = re.sub(r"\r\n?", "\n", field.strip())
        if not text:
            continue
        if column is None:
            errors.append(ColumnError(WHOLE_LINE, "has a value in a column without a name"))
            continue
        names_in_file[column] = printable(name)
        if _NO_CHARACTER in text:
            errors.append(ColumnError(column, f"has characters that cannot be read: {_SAVE_AS}"))
        try:
            cells[column] = _TYPED.get(column, str)(text)
        except ValueError as error:
            errors.append(ColumnError(column, str(error)))
    return Record(row.line, cells, names_in_file, tuple(errors))


def _whole_number(text: str) -> int:
    if not _WHOLE_NUMBER.fullmatch(text):
        raise ValueError("must be a whole number, digits only")
    return int(text)


def _tags(text: str) -> list[str]:
    return [tag for tag in map(str.strip, re.split("[;|]", text)) if tag]


_TYPED: Mapping[str, Callable[[str], object]] = {
    "kind": str.lower,
    "status": str.lower,
    "currency": str.upper,
    "tags": _tags,
    "amount": _whole_number,
    "stock": _whole_number,
}
