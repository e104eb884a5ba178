"""Counters of categories in DynamoDB, and what was counted of each product, in one table."""

from collections.abc import Collection, Mapping, Sequence

from pynamodb.attributes import UnicodeAttribute
from pynamodb.expressions.condition import Condition

from commerce.categories.domain.counting import CategoryCount, Counted, Move, changes_of
from shared.dynamodb.attributes import IntegerAttribute
from shared.dynamodb.records import Record, select
from shared.dynamodb.transactions import Transaction

_CATEGORIES, _COUNTED = "categories", "counted"


class CounterRecord(Record):
    """All counters are one partition, so that one Query reads them: `entry` is the category."""

    series = UnicodeAttribute(hash_key=True)
    entry = UnicodeAttribute(range_key=True)
    products = IntegerAttribute()


class CountedRecord(Record):
    """`series` is made of the product's id."""

    series = UnicodeAttribute(hash_key=True)
    entry = UnicodeAttribute(range_key=True)
    product_id = UnicodeAttribute(attr_name="productId")
    revision = IntegerAttribute()
    category = UnicodeAttribute(null=True)

    def to_counted(self) -> Counted:
        return Counted(self.product_id, self.revision, self.category)


class DynamoCategories:
    """The Categories table."""

    def __init__(self, categories_table: str) -> None:
        self._counters, self._counted = CounterRecord.at(categories_table), CountedRecord.at(categories_table)

    def counted(self, product_ids: Collection[str]) -> Mapping[str, Counted]:
        """A consistent BatchGetItem for each hundred."""
        found = self._counted.find_many([(_series(product_id), _COUNTED) for product_id in product_ids])
        return {record.product_id: record.to_counted() for record in found}

    def move(self, moves: Sequence[Move]) -> None:
        """One transaction: 2 WCU for each product, and 2 for each category whose counter changes."""
        transaction = Transaction()
        for move in moves:
            after = move.after
            record = self._counted(
                _series(after.product_id),
                _COUNTED,
                product_id=after.product_id,
                revision=after.revision,
                category=after.category,
            )
            transaction.save(after.product_id, record, _is_as(move.before))
        for category, change in changes_of(moves).items():
            transaction.change("counter", self._counters(_CATEGORIES, category), [CounterRecord.products.add(change)])
        transaction.commit()

    def with_products(self) -> Sequence[CategoryCount]:
        """One Query, eventually consistent: 0.5 RCU for some 60 categories."""
        found = select(self._counters, _CATEGORIES, consistent=False)
        return [CategoryCount(record.entry, record.products) for record in found if record.products > 0]


def _is_as(before: Counted | None) -> Condition:
    if before is None:
        return CountedRecord.series.does_not_exist()
    unchanged: Condition = CountedRecord.revision == before.revision
    return unchanged


def _series(product_id: str) -> str:
    return f"product#{product_id}"
