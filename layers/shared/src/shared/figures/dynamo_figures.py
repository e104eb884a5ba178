"""Figures in DynamoDB: counters of each day, and markers of what was counted.

Streams deliver at least once. So what a batch adds to its days is written in one transaction with a marker for each
occurrence, on the condition that there is none yet: docs/decisions/0061-figures.md.
"""

import hashlib
import random
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta, tzinfo
from itertools import batched
from typing import Any, Self

from pynamodb.attributes import UnicodeAttribute
from pynamodb.expressions.update import Action

from shared.dynamodb.attributes import SecondsAttribute
from shared.dynamodb.connection import readers
from shared.dynamodb.records import Record, attribute, select
from shared.dynamodb.transactions import Transaction
from shared.figures.tallies import Counts, Occurrence, Period, added, by_day, day_of, distinct
from shared.persistence.unit_of_work import WriteRefused

SHARDS = 4
"""Partitions that hold the counters of all days: one takes 1,000 writes a second. The first is the streams' own."""
KEPT = timedelta(days=14)
"""How long a marker is kept: a stream keeps its records for a day."""
_CHUNK = 50  # each may lie on a day of its own, and a transaction has at most 100 writes


class CounterRecord(Record):
    """A day's counters of one shard: attributes under the names of what is counted."""

    series = UnicodeAttribute(hash_key=True)
    entry = UnicodeAttribute(range_key=True)

    @classmethod
    def from_raw_data(cls, data: dict[str, Any]) -> Self:
        record = super().from_raw_data(data)
        record.counts = {name: int(value["N"]) for name, value in data.items() if "N" in value}
        return record

    counts: Counts


class MarkerRecord(Record):
    """`series` is made of an occurrence's identity, which may be made of what users have written."""

    series = UnicodeAttribute(hash_key=True)
    entry = UnicodeAttribute(range_key=True)
    expires_at = SecondsAttribute(attr_name="expiresAt")  # the table's time to live


class DynamoFigures:
    """The Figures table of a context."""

    def __init__(self, figures_table: str, zone: tzinfo) -> None:
        self._counters, self._markers = CounterRecord.at(figures_table), MarkerRecord.at(figures_table)
        self._zone = zone

    def count(self, occurrences: Sequence[Occurrence], now: datetime) -> int:
        """One transaction for each 50: 2 WCU for each occurrence, and 2 for each of their days.

        One more where some were counted before.
        """
        chunks = batched(occurrences, _CHUNK, strict=False)
        return sum(self._count(distinct(chunk), now) for chunk in chunks)

    def add(self, at: datetime, counts: Counts) -> None:
        """One UpdateItem, 1 WCU."""
        if adding := _adding(counts):
            self._counter(random.randrange(1, SHARDS), day_of(at, self._zone)).change(*adding)  # noqa: S311  no secret

    def between(self, period: Period) -> Mapping[date, Counts]:
        """A Query of each shard, at once: 200 bytes for each day of each, half an RCU for 4 KB of them."""
        range_ = CounterRecord.entry.between(period.first.isoformat(), period.last.isoformat())
        shards = readers().map(
            lambda shard: select(self._counters, _series(shard), range_, consistent=False), range(SHARDS)
        )
        found: dict[date, list[Counts]] = {}
        for record in (record for shard in shards for record in shard):
            found.setdefault(date.fromisoformat(record.entry), []).append(record.counts)
        return {day: added(several) for day, several in found.items()}

    def _count(self, left: dict[str, Occurrence], now: datetime) -> int:
        while left:
            try:
                self._transaction(left.values(), now).commit()
            except WriteRefused as error:
                for identity in error.refused:
                    del left[identity]
            else:
                break
        return len(left)

    def _transaction(self, occurrences: Iterable[Occurrence], now: datetime) -> Transaction:
        kept, transaction = list(occurrences), Transaction()
        for each in kept:
            marker = self._markers(_marker(each.identity), "counted", expires_at=now + KEPT)
            transaction.save(each.identity, marker, MarkerRecord.series.does_not_exist())
        for day, counts in by_day(kept, self._zone).items():
            if adding := _adding(counts):
                transaction.change(day.isoformat(), self._counter(0, day), adding)
        return transaction

    def _counter(self, shard: int, day: date) -> CounterRecord:
        return self._counters(_series(shard), day.isoformat())


def _adding(counts: Counts) -> list[Action]:
    return [attribute(name).add(number) for name, number in counts.items() if number]


def _series(shard: int) -> str:
    return f"days#{shard}"


def _marker(identity: str) -> str:
    return f"once#{hashlib.sha256(identity.encode()).hexdigest()}"
