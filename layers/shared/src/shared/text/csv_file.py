"""Reads a CSV text, as spreadsheets save it, into records."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from shared.errors import Invalid, Malformed
from shared.text.csv_rows import BrokenRow, Row, Rows, delimiter_of, first_line, printable
from shared.text.csv_text import unescaped
from shared.text.encodings import decoded

WHOLE_LINE = "line"
"""In the place of a column's name for errors of the whole line."""

_NO_CHARACTER = "\N{REPLACEMENT CHARACTER}"
_SAVE_AS = "save the file as CSV in UTF-8"
_ROWS_PER_LINE = 4  # including empty ones, which take time too

type Types = Mapping[str, Callable[[str], object]]


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


class CsvFile:
    """A file by its columns' `names`, which line 1 has. Its records are read once."""

    def __init__(self, body: bytes, charset: str = "") -> None:
        """Raises Malformed if the header is not text; Invalid if there is none."""
        text = decoded(body, charset)
        header = first_line(text)
        if _NO_CHARACTER in header or not all(character.isprintable() or character == "\t" for character in header):
            raise Malformed(f"The file's first line is not text: {_SAVE_AS}.")
        self._rows = Rows(text, delimiter_of(header))
        first = next(iter(self._rows), None)
        if first is None:
            raise Invalid("The file is empty: its first line has to name the columns.")
        if isinstance(first, BrokenRow):
            raise Invalid(f"The file's header cannot be read: it {first.message}.")
        self.names = tuple(name.strip() for name in first.fields)
        if not any(self.names):
            raise Invalid("The file's first line is empty: it has to name the columns.")

    def records(self, columns: Sequence[str | None], max_lines: int, typed: Types | None = None) -> Iterator[Record]:
        """The lines that are not empty. `columns` are those of the names; None is for what is not read.

        `typed` makes values of the texts of columns, or raises ValueError. Raises Invalid if there are too many lines.
        """
        count = 0
        for read, row in enumerate(self._rows):
            if read > _ROWS_PER_LINE * max_lines:
                raise Invalid("The file has too many lines, most of them empty; nothing was imported.")
            if isinstance(row, Row) and not any(field.strip() for field in row.fields):
                continue
            count += 1
            if count > max_lines:
                raise Invalid(f"The file has more than {max_lines:,} lines, and nothing was imported: split it.")
            if isinstance(row, BrokenRow):
                yield _unreadable(row.line, _name(self.names, row.field), row.message)
            elif len(row.fields) != len(columns):
                yield _unreadable(row.line, WHOLE_LINE, _miscounted(row, len(columns)))
                # a missing quotation mark may have turned several lines into one row: read them again
                self._rows.again_after_first_line()
            else:
                yield _record(row, self.names, columns, typed or {})


def read_csv(
    body: bytes, read_header: Callable[[Sequence[str]], list[str | None]], max_lines: int, typed: Types | None = None
) -> list[Record]:
    """The records of a file whose names `read_header` makes columns. Raises as `CsvFile` does, and as it does."""
    file = CsvFile(body)
    return list(file.records(read_header(file.names), max_lines, typed))


def cell_text(text: str) -> str:
    """What of a text a cell keeps."""
    return re.sub(r"\r\n?", "\n", text.strip())


def _name(names: Sequence[str], field: int | None) -> str:
    return printable(names[field]) if field is not None and field < len(names) and names[field] else WHOLE_LINE


def _unreadable(line: int, column: str, message: str) -> Record:
    return Record(line, errors=(ColumnError(column, message),))


def _miscounted(row: Row, expected: int) -> str:
    message = f"has {len(row.fields)} fields, but the header has {expected}"
    if row.last_line > row.line:
        message += f"; it continues to line {row.last_line}: a quotation mark may be missing"
    return message


def _record(row: Row, names: Sequence[str], columns: Sequence[str | None], typed: Types) -> Record:
    cells: dict[str, object] = {}
    names_in_file: dict[str, str] = {}
    errors: list[ColumnError] = []
    for name, column, cell in zip(names, columns, row.fields, strict=True):
        text = cell_text(unescaped(cell))
        if not text:
            continue
        if column is None and name:
            continue
        if column is None:
            errors.append(ColumnError(WHOLE_LINE, "has a value in a column without a name"))
            continue
        names_in_file[column] = printable(name)
        if _NO_CHARACTER in text:
            errors.append(ColumnError(column, f"has characters that cannot be read: {_SAVE_AS}"))
        try:
            cells[column] = typed.get(column, str)(text)
        except ValueError as error:
            errors.append(ColumnError(column, str(error)))
    return Record(row.line, cells, names_in_file, tuple(errors))
