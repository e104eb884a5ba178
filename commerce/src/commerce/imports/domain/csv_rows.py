"""Takes a CSV text apart, so that a broken line costs nobody but itself.

Strict where RFC 4180 is: a quotation mark belongs around a field, or doubled within a quoted one. That makes the marks
of a sound line even in number, and tells at once where one is missing. What follows is read from the next physical line
on, in time linear in the text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from commerce.imports.domain.columns import MAX_COLUMNS

_DELIMITERS = ",;\t"
_LINE_BREAK = re.compile(r"\r\n|\n|\r")


@dataclass(frozen=True, slots=True)
class Row:
    """`line` is the physical line, from 1, on which the row starts; `last_line` the one on which it ends."""

    line: int
    last_line: int
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BrokenRow:
    """A line whose field of that number, from 0, cannot be told from the next; None where there are too many."""

    line: int
    field: int | None
    message: str


def delimiter_of(header: str) -> str:
    """The delimiter that stands most often in the header outside of quotation marks; a comma where none does."""
    bare = re.sub(r'"[^"]*+"', "", header)
    return max(_DELIMITERS, key=bare.count)


def first_line(text: str) -> str:
    return _LINE_BREAK.split(text, 1)[0]


class Rows:
    """The rows of a text one by one; `again_after` goes back to what follows the first line of a row."""

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
        """Read again from the physical line after the one on which the last row started."""
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
        return "goes on after its closing quotation mark: a mark within the text is written twice"
    if quoted is not None or not plain.strip(" "):  # where it goes on over lines, it ended at another's opening
        return "has an opening quotation mark and no closing one"
    return "has a quotation mark inside: the field belongs in quotation marks, with those within written twice"
