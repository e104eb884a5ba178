"""How a file writes its prices: `£1,200.00`, `1.200,00` and `1 200,00 GBP` are the same, if all of a file are alike.

One rule counts for the whole file. `1,200` alone could be twelve hundred or one and a fifth: other prices of the file
show which, or the file is refused.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from shared.errors import FieldError, Invalid
from shared.money import decimals_of
from shared.text.csv_file import Record

_SIGNS: Mapping[str, tuple[str, ...]] = {
    "GBP": ("£",),
    "EUR": ("€",),
    "USD": ("US$", "$"),
    "CAD": ("CA$", "C$", "$"),
    "AUD": ("AU$", "A$", "$"),
    "NZD": ("NZ$", "$"),
    "JPY": ("¥",),
    "INR": ("₹",),
    "CHF": ("SFr.", "Fr."),
}
_SPACES = " \u00a0\u202f"
_POINT = re.compile(rf"(?P<whole>[1-9][0-9]{{0,2}}(?:[,{_SPACES}][0-9]{{3}})+|[0-9]+)(?:\.(?P<fraction>[0-9]+))?")
_COMMA = re.compile(rf"(?P<whole>[1-9][0-9]{{0,2}}(?:[.{_SPACES}][0-9]{{3}})+|[0-9]+)(?:,(?P<fraction>[0-9]+))?")
_EITHER = re.compile(r"[1-9][0-9]{0,2}[.,][0-9]{3}")
"""Thousands, or three decimals."""
_SHOWN = 5


def with_plain_prices(records: Sequence[Record], currency: str) -> list[Record]:
    """The records with their prices as `1200.00`; those that are no prices in any form stay as they are.

    Raises Invalid, with the lines, if the file is not consistent, or it remains open what its prices mean.
    """
    amounts = [(record, _amount(record, currency)) for record in records]
    written = [(record, amount) for record, amount in amounts if amount]
    by_point = [record for record, amount in written if not _EITHER.fullmatch(amount) and _is(_POINT, ".", amount)]
    by_comma = [record for record, amount in written if not _EITHER.fullmatch(amount) and _is(_COMMA, ",", amount)]
    if by_point and by_comma:
        raise _inconsistent(by_point, by_comma)
    either = [(record, amount) for record, amount in written if _EITHER.fullmatch(amount)]
    if either and not by_point and not by_comma and not _decimals_have_a_point(either, currency):
        raise _ambiguous([record for record, _ in either])
    pattern = _COMMA if by_comma else _POINT
    return [_with_price(record, amount, pattern) for record, amount in amounts]


def _amount(record: Record, currency: str) -> str:
    """The price without the currency's sign or code; empty if there is none, or it is a number already."""
    price = record.cells.get("price")
    return _without_currency(price, currency) if isinstance(price, str) else ""


def _without_currency(price: str, currency: str) -> str:
    text = price.strip(_SPACES)
    for sign in (*_SIGNS.get(currency, ()), currency):
        if text.upper().startswith(sign.upper()):
            return text[len(sign) :].strip(_SPACES)
        if text.upper().endswith(sign.upper()):
            return text[: -len(sign)].strip(_SPACES)
    return text


def _is(pattern: re.Pattern[str], mark: str, amount: str) -> bool:
    """Whether it is written so, and could not be written in the other way as well."""
    found = pattern.fullmatch(amount)
    thousands = {".": ",", ",": "."}[mark]
    return found is not None and (found["fraction"] is not None or thousands in found["whole"])


def _decimals_have_a_point(written: Iterable[tuple[Record, str]], currency: str) -> bool:
    """Of a currency with three decimals, `1.200` is no thousands."""
    return decimals_of(currency) == 3 and all("." in amount for _, amount in written)


def _with_price(record: Record, amount: str, pattern: re.Pattern[str]) -> Record:
    found = pattern.fullmatch(amount) if amount else None
    if found is None:
        return record
    fraction = f".{found['fraction']}" if found["fraction"] else ""
    return replace(record, cells={**record.cells, "price": re.sub(r"\D", "", found["whole"]) + fraction})


def _inconsistent(by_point: Sequence[Record], by_comma: Sequence[Record]) -> Invalid:
    errors = [
        *_errors(by_point, lambda other: f"has a decimal point, but line {other} a comma", by_comma[0].line),
        *_errors(by_comma, lambda other: f"has a decimal comma, but line {other} a point", by_point[0].line),
    ]
    detail = "The file's prices are written in different ways, and nothing was imported: write all as in 1200.00."
    return Invalid(detail, errors)


def _ambiguous(records: Sequence[Record]) -> Invalid:
    errors = [
        FieldError(f"line {record.line}", "may be thousands or decimals: write 1200.00 or 1.20")
        for record in records[:_SHOWN]
    ]
    return Invalid("It is not clear what the file's prices mean, and nothing was imported: see errors.", errors)


def _errors(records: Sequence[Record], message: Callable[[int], str], other: int) -> list[FieldError]:
    return [FieldError(f"line {record.line}", message(other)) for record in records[:_SHOWN]]
