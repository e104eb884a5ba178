"""CSV for people who open it in a spreadsheet: RFC 4180, in UTF-8, and no text in it is taken for a formula.

A text that would be one begins with an apostrophe; so does one that would then look as if it had been escaped.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, time

from shared.money import Money

type Cell = str | int | date | time | Money | None

_FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """A line for each row, after one with the columns' names. Money is its decimal, without the currency."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(columns)
    writer.writerows([_shown(cell) for cell in row] for row in rows)
    return written.getvalue()


def unescaped(cell: str) -> str:
    """The text that `csv_text` wrote so."""
    return cell[1:] if cell.startswith("'") and cell.lstrip("'").startswith(_FORMULAS) else cell


def _shown(cell: Cell) -> str:
    match cell:
        case str():
            return f"'{cell}" if cell.lstrip("'").startswith(_FORMULAS) else cell
        case Money():
            return cell.decimal
        case time():
            return cell.isoformat("seconds")
        case date():
            return cell.isoformat()
    return "" if cell is None else str(cell)
