"""The catalogue in DynamoDB: an item each, and four indexes, one for each way in which lists are read."""

from typing import Any

from commerce.catalogue.adapters.product_documents import document_of, product_in
from commerce.catalogue.domain.catalogue import Listing, ProductPage, Sort, StaleProductError
from commerce.catalogue.domain.product_events import events_of
from commerce.catalogue.domain.products import Product, Status
from shared.dynamodb.attribute_values import plain_item
from shared.dynamodb.tables import ConditionFailed, Item, Table, attribute
from shared.dynamodb.transactions import Cancelled, Transaction
from shared.events.streams import Change, Named
from shared.idempotency.claims import FirstAnswer
from shared.idempotency.first_answers import DynamoFirstAnswers, translated_refusals
from shared.json.encoding import rfc3339

# Every range key of the indexes lies between these.
_LOWEST, _HIGHEST = "0", "~"


class DynamoProducts:
    """Writes the Products table and, with a new product, the first answer: whoever adds none has no table of them."""

    def __init__(self, products_table: str, first_answers_table: str | None) -> None:
        self._products = Table(products_table)
        self._first_answers = DynamoFirstAnswers(first_answers_table) if first_answers_table else None

    def find(self, product_id: str) -> Product | None:
        """One consistent GetItem."""
        item = self._products.get({"productId": product_id})
        return product_in(item) if item else None

    def page(self, listing: Listing, after: str | None, limit: int) -> ProductPage:
        """One Query of an index, which reads a product or two more than the page has: 0.5 RCU for each 4 KB."""
        shelf, sorted_by = _INDEXES[listing.category is not None, listing.sort is Sort.NEWEST]
        backwards = listing.sort is not Sort.CHEAPEST
        low = _LOWEST if listing.min_price is None else price_key(listing.min_price, "")
        high = _HIGHEST if listing.max_price is None else price_key(listing.max_price, _HIGHEST)
        if after:
            low, high = (low, after) if backwards else (after, high)
        keys = (attribute(shelf) == _shelf(listing)) & attribute(sorted_by).between(low, high)
        index = f"{'Category' if listing.category is not None else ''}By{'Age' if sorted_by == 'ageKey' else 'Price'}"
        # both ends of a range of keys belong to it: the one that the page before ended with is read again
        more = 1 + bool(after)
        found = self._products.query(keys, index=index, newest_first=backwards, limit=limit + more)
        following = [item for item in found if item[sorted_by] != after]
        page = following[:limit]
        last = page[-1][sorted_by] if len(following) > limit else None
        return ProductPage(tuple(map(product_in, page)), last)

    def find_many(self, product_ids: list[str]) -> dict[str, Product]:
        """Those that there are, by id; a consistent BatchGetItem for each hundred."""
        found = self._products.get_many([{"productId": product_id} for product_id in product_ids])
        return {item["productId"]: product_in(item) for item in found}

    def add(self, product: Product, first_answer: FirstAnswer | None = None) -> None:
        """A PutItem, or with a first answer one transaction."""
        is_new = attribute("productId").missing()
        if first_answer is None:
            self._put(product, is_new)
            return
        if self._first_answers is None:
            raise ValueError("a first answer needs its table")
        transaction = Transaction()
        transaction.put("product", self._products, product_item(product), is_new)
        self._first_answers.record(first_answer, transaction)
        try:
            with translated_refusals():
                transaction.commit()
        except Cancelled as cancelled:
            raise StaleProductError from cancelled

    def replace(self, product: Product) -> None:
        """One PutItem."""
        self._put(product, attribute("version") == product.version - 1)

    def _put(self, product: Product, condition: Any) -> None:
        try:
            self._products.put(product_item(product), condition)
        except ConditionFailed as error:
            raise StaleProductError from error


# By whether a category is asked for, and whether the newest come first: partition and range key of the index.
_INDEXES = {
    (False, False): ("shelf", "priceKey"),
    (False, True): ("shelf", "ageKey"),
    (True, False): ("categoryShelf", "priceKey"),
    (True, True): ("categoryShelf", "ageKey"),
}


def _shelf(listing: Listing) -> str:
    return listing.status.value if listing.category is None else category_shelf(listing.status, listing.category)


def category_shelf(status: Status, category: str) -> str:
    return f"{status.value}#{category}"


def price_key(amount: int, product_id: str) -> str:
    """Sorts as text like the amounts, of at most twelve digits."""
    return f"{amount:012d}#{product_id}"


def product_item(product: Product) -> Item:
    return document_of(product) | {
        "shelf": product.status.value,
        "categoryShelf": category_shelf(product.status, product.category),
        "priceKey": price_key(product.price.amount, product.product_id),
        "ageKey": f"{rfc3339(product.created_at)}#{product.product_id}",
    }


def events_of_change(change: Change, low_at: int) -> list[Named]:
    """What is told of a change in the table. Raises KeyError or ValueError for rows that are no products."""
    if change.new is None:
        return []  # no product ever leaves the table
    old = product_in(plain_item(change.old)) if change.old is not None else None
    return events_of(old, product_in(plain_item(change.new)), low_at)
