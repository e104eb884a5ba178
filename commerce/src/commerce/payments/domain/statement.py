"""A month of the ledger for the accountant: a line for each account that an entry changes, and the accounts' sums."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, timedelta
from typing import NamedTuple

from commerce.payments.domain.ledger import Account, Ledger
from shared.money import Money
from shared.text.csv_text import Cell

COLUMNS = ("date", "time", "kind", "id", "account", "amount", "currency", "payment")
MAX_LINES = 40_000
"""At 130 bytes a line: what Lambda returns is 6 MB at most."""
TOTAL = "total"


class TooLong(Exception):
    """More lines than one answer holds."""


class Line(NamedTuple):
    """In the order of COLUMNS. `kind` and `id` are the entry's cause: charge and ch_…."""

    date: Cell
    time: Cell
    kind: str
    id: str
    account: str
    amount: Money
    currency: str
    payment: str | None


def statement(ledger: Ledger, days: Iterator[date]) -> list[Line]:
    """In the order of time, and then a total for each account. Raises TooLong; Unavailable."""
    lines, totals = list[Line](), Counter[tuple[Account, str]]()
    for day in days:
        for recorded in ledger.of_day(day):
            entry, at = recorded.entry, recorded.at.astimezone(UTC)
            kind, _, id_ = entry.entry_id.partition(":")
            for posting in entry.postings:
                amount = Money(posting.amount, entry.currency)
                totals[posting.account, entry.currency] += posting.amount
                lines.append(
                    Line(at.date(), at.time(), kind, id_, posting.account, amount, entry.currency, entry.payment_id)
                )
        if len(lines) > MAX_LINES:
            raise TooLong
    return lines + [
        Line(TOTAL, None, TOTAL, "", account, Money(amount, currency), currency, None)
        for (account, currency), amount in sorted(totals.items())
    ]


def days_of_month(first: date, day: int | None, today: date) -> Iterator[date]:
    """Those that have begun, or only that one."""
    current = first
    while current <= today and current.month == first.month:
        if day in (None, current.day):
            yield current
        current += timedelta(days=1)
