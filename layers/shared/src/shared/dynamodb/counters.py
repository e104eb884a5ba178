"""Numbers that are counted up, in DynamoDB: one item each."""

from pynamodb.attributes import UnicodeAttribute

from shared.dynamodb.attributes import IntegerAttribute
from shared.dynamodb.records import Record


class CounterRecord(Record):
    counter = UnicodeAttribute(hash_key=True)
    last = IntegerAttribute()


class DynamoCounters:
    """The Counters table: 1,000 numbers a second."""

    def __init__(self, counters_table: str) -> None:
        self._counters = CounterRecord.at(counters_table)

    def next(self, counter: str) -> int:
        """One UpdateItem."""
        return self._counters(counter).change(CounterRecord.last.add(1)).last
