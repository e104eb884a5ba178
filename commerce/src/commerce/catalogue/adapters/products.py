"""The catalogue in DynamoDB."""

from pynamodb.attributes import UnicodeAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.indexes import Index

from commerce.catalogue.adapters.records import ProductRecord, category_shelf, never_moved, price_key
from commerce.catalogue.domain.catalogue import Listing, ProductPage, Sort
from commerce.catalogue.domain.product_events import events_of
from commerce.catalogue.domain.products import Product
from shared.dynamodb.records import ConditionFailed, select
from shared.dynamodb.transactions import Transaction
from shared.errors import VersionConflict
from shared.events.changes import Change, Named
from shared.idempotency.claims import FirstAnswer, translated_refusals
from shared.idempotency.first_answers import DynamoFirstAnswers
from shared.persistence.unit_of_work import WriteRefused

# Every range key of the indexes lies between these.
_LOWEST, _HIGHEST = "0", "~"


class DynamoProducts:
    """Writes the Products table and, with a new product, the first answer: whoever adds none has no table of them."""

    def __init__(self, products_table: str, first_answers_table: str | None) -> None:
        self._products = ProductRecord.at(products_table)
        self._first_answers = DynamoFirstAnswers(first_answers_table) if first_answers_table else None

    def find(self, product_id: str) -> Product | None:
        """One consistent GetItem."""
        record = self._products.find(product_id)
        return record.to_product() if record else None

    def page(self, listing: Listing, after: str | None, limit: int) -> ProductPage:
        """One Query of an index, which reads a product or two more than the page has: 0.5 RCU for each 4 KB."""
        newest_first = listing.sort is Sort.NEWEST
        backwards = listing.sort is not Sort.CHEAPEST
        low = _LOWEST if listing.min_price is None else price_key(listing.min_price, "")
        high = _HIGHEST if listing.max_price is None else price_key(listing.max_price, _HIGHEST)
        if after:
            low, high = (low, after) if backwards else (after, high)
        index, key = self._index(listing)
        shelf = listing.status.value if listing.category is None else category_shelf(listing.status, listing.category)
        # both ends of a range of keys belong to it: the one that the page before ended with is read again
        more = 1 + bool(after)
        found = select(index, shelf, key.between(low, high), newest_first=backwards, limit=limit + more)
        positions = {record.product_id: record.age_key if newest_first else record.price_key for record in found}
        following = [record for record in found if positions[record.product_id] != after]
        page = following[:limit]
        last = positions[page[-1].product_id] if len(following) > limit else None
        return ProductPage(tuple(record.to_product() for record in page), last)

    def _index(self, listing: Listing) -> tuple[Index[ProductRecord], UnicodeAttribute]:
        """The index that holds the listing, and the attribute that it is sorted by."""
        products, newest_first = self._products, listing.sort is Sort.NEWEST
        if listing.category is None:
            index: Index[ProductRecord] = products.by_age if newest_first else products.by_price
        else:
            index = products.category_by_age if newest_first else products.category_by_price
        return index, ProductRecord.age_key if newest_first else ProductRecord.price_key

    def find_many(self, product_ids: list[str]) -> dict[str, Product]:
        """Those that there are, by id; a consistent BatchGetItem for each hundred."""
        return {record.product_id: record.to_product() for record in self._products.find_many(product_ids)}

    def add(self, product: Product, first_answer: FirstAnswer | None = None) -> None:
        """A PutItem, or with a first answer one transaction."""
        is_new = ProductRecord.product_id.does_not_exist()
        if first_answer is None:
            self._put(product, is_new)
            return
        if self._first_answers is None:
            raise ValueError("a first answer needs its table")
        transaction = Transaction()
        transaction.save("product", self._products.of(product), is_new)
        self._first_answers.record(first_answer, transaction)
        try:
            with translated_refusals():
                transaction.commit()
        except WriteRefused as error:
            raise VersionConflict from error

    def edit(self, seen: Product, edited: Product) -> Product:
        """One UpdateItem."""
        record, condition = self._products.of(edited), ProductRecord.version == seen.version
        actions = record.edits()
        if (edited.kind, edited.stock) != (seen.kind, seen.stock):
            actions += record.sets_stock()
            condition &= never_moved()
        try:
            return record.change(*actions, condition=condition, at_most_once=True).to_product()
        except ConditionFailed as error:
            raise VersionConflict from error

    def _put(self, product: Product, condition: Condition) -> None:
        try:
            self._products.of(product).put(condition)
        except ConditionFailed as error:
            raise VersionConflict from error


def events_of_change(change: Change, low_at: int) -> list[Named]:
    """What is published of a change in the table. Raises KeyError, TypeError or ValueError for what is no product."""
    if change.new is None:
        return []  # no product ever leaves the table
    old = ProductRecord.of_image(change.old).to_product() if change.old is not None else None
    return events_of(old, ProductRecord.of_image(change.new).to_product(), low_at)
