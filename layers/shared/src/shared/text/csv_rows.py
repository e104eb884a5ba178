"""Splits CSV text into rows, so that a broken line does not affect the others.

As in RFC 4180, quotation marks enclose a field, or are doubled inside a quoted one. A valid line therefore has an even
number of them, and a missing one is noticed at once; reading continues with the next physical line, in linear time.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

MAX_COLUMNS = 250
"""Exports of shop systems have up to a hundred and more."""

_MAX_PRINTED_LENGTH = 40
_DELIMITERS = ",;\t"
_LINE_BREAK = re.compile(r"\r\n|\n|\r")


@dataclass(frozen=True, slots=True)
class Row:
    """`line` is the physical line, from 1, on which the row starts; `last_line` is where it ends."""

    line: int
    last_line: int
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BrokenRow:
    """A line with an unreadable field: its index, or None if the line has too many fields."""

    line: int
    field: int | None
    message: str


def delimiter_of(header: str) -> str:
    """The most frequent delimiter in the header, outside of quotation marks; a comma if there is none."""
    bare = re.sub(r'"[^"]*+"', "", header)
    return max(_DELIMITERS, key=bare.count)


def printable(name: str) -> str:
    """A column's name as an error may repeat it: short, and without control characters."""
    plain = "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in name)
    return plain if len(plain) <= _MAX_PRINTED_LENGTH else plain[:_MAX_PRINTED_LENGTH] + "…"


def first_line(text: str) -> str:
    return _LINE_BREAK.split(text, 1)[0]


class Rows:
    """The rows of a text; `again_after_first_line` goes back to the second line of the latest row."""

    def __init__(self, text: str, delimiter: str) -> None:
        self._text, self._delimiter = text, delimiter
        d = re.escape(delimiter)
        self._field = re.compile(rf' *+"(?P<quoted>(?:[^"]++|"")*+)" *+|(?P<plain>[^"{d}\r\n]*+)')
        self._position, self._line = 0, 1
        self._start, self._start_line = 0, 1

    def __iter__(self) -> Iterator[Row | BrokenRow]:
        while self._position < len(self._text):
            self._start, self._start_line = self._position, self._line
            yield self._next()

    def again_after_first_line(self) -> None:
        """Continue with the physical line after the one on which the latest row started."""
        found = _LINE_BREAK.search(self._text, self._start)
        self._position = found.end() if found else len(self._text)
        self._line = self._start_line + 1

    def _next(self) -> Row | BrokenRow:
        text, position, fields = self._text, self._position, list[str]()
        while len(fields) < MAX_COLUMNS:
            found = self._field.match(text, position)
            assert found is not None  # noqa: S101  an empty plain field matches anywhere
            quoted = found["quoted"]
            position = found.end()
            fields.append(found["plain"] if quoted is None else quoted.replace('""', '"'))
            if position == len(text) or text[position] in "\r\n":
                return self._row(position, fields)
            if text[position] != self._delimiter:
                return self._broken(len(fields) - 1, _reason(quoted, fields[-1]))
            position += 1
        return self._broken(None, f"has more than {MAX_COLUMNS} fields")

    def _row(self, end: int, fields: list[str]) -> Row:
        breaks = sum(1 for _ in _LINE_BREAK.finditer(self._text, self._start, end))
        last_line = self._start_line + breaks
        found = _LINE_BREAK.match(self._text, end)
        self._position, self._line = (found.end() if found else end), last_line + 1
        return Row(self._start_line, last_line, tuple(fields))

    def _broken(self, field: int | None, message: str) -> BrokenRow:
        self.again_after_first_line()
        return BrokenRow(self._start_line, field, message)


def _reason(quoted: str | None, plain: str) -> str:
    if quoted is not None and not _LINE_BREAK.search(quoted):
        return "continues after its closing quotation mark: double the quotation marks inside the text"
    if quoted is not None or not plain.strip(" "):  # it was closed by the opening mark of another
        return "has an opening quotation mark but no closing one"
    return "contains a quotation mark: put the field in quotation marks, and double those inside"
