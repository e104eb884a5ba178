"""What is counted of a day, under the names that a context gives it.

Numbers and money are counters alike: `orders` is a number, `sales#GBP` an amount in minor units. They only ever add up,
so the order in which things are counted makes no difference.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from typing import Protocol

from shared.money import Money

type Counts = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Occurrence:
    """What happened at a moment, and what it adds. `identity` is made of what happens once: it counts once."""

    identity: str
    at: datetime
    counts: Counts


@dataclass(frozen=True, slots=True)
class Period:
    """Days of the charity's calendar, both ends included."""

    first: date
    last: date

    def __iter__(self) -> Iterator[date]:
        return (self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1))


class Figures(Protocol):
    """Every method raises Unavailable."""

    def count(self, occurrences: Sequence[Occurrence], now: datetime) -> int:
        """Count each on its day, unless it was counted before: how many were new."""
        ...

    def add(self, at: datetime, counts: Counts) -> None:
        """Count what has no identity, at most once."""
        ...

    def between(self, period: Period) -> Mapping[date, Counts]:
        """What was counted of each day; nothing of the others."""
        ...


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts with a zero for everything else."""

    counts: Counts = field(default_factory=dict)

    def number(self, name: str) -> int:
        return self.counts.get(name, 0)

    def by_currency(self, name: str, like: "Tally") -> dict[str, int]:
        """In minor units, of every currency in which `like` has something, in the order of their codes."""
        prefix = money_key(name, "")
        currencies = sorted(key.removeprefix(prefix) for key in like.counts if key.startswith(prefix))
        return {currency: self.number(prefix + currency) for currency in currencies}

    def money(self, name: str, like: "Tally") -> tuple[Money, ...]:
        return tuple(Money(amount, currency) for currency, amount in self.by_currency(name, like).items())


def counts(**named: int | Money) -> Counts:
    """`counts(orders=1, sales=Money(1299, "GBP"))`."""
    return {
        money_key(name, value.currency) if isinstance(value, Money) else name: _amount(value)
        for name, value in named.items()
    }


def money_key(name: str, currency: str) -> str:
    return f"{name}#{currency}"


def added(several: Iterable[Counts]) -> Counts:
    sums: dict[str, int] = {}
    for each in several:
        for name, number in each.items():
            sums[name] = sums.get(name, 0) + number
    return sums


def distinct(occurrences: Iterable[Occurrence]) -> dict[str, Occurrence]:
    """By identity, the first of each."""
    found: dict[str, Occurrence] = {}
    for occurrence in occurrences:
        found.setdefault(occurrence.identity, occurrence)
    return found


def by_day(occurrences: Iterable[Occurrence], zone: tzinfo) -> Mapping[date, Counts]:
    """What they add to each of the charity's days."""
    days: dict[date, list[Counts]] = {}
    for occurrence in occurrences:
        days.setdefault(day_of(occurrence.at, zone), []).append(occurrence.counts)
    return {day: added(several) for day, several in days.items()}


def day_of(moment: datetime, zone: tzinfo) -> date:
    return moment.astimezone(zone).date()


def tallies(period: Period, counted: Mapping[date, Counts]) -> tuple[Sequence[tuple[date, Tally]], Tally]:
    """Every day of the period, and the sum of them."""
    days = [(day, Tally(counted.get(day, {}))) for day in period]
    return days, Tally(added(tally.counts for _, tally in days))


def _amount(value: int | Money) -> int:
    return value.amount if isinstance(value, Money) else value
