"""The Products table from one end to the other, for those who rebuild or verify an index."""

from collections.abc import Iterator, Sequence

from commerce.search.adapters.product_changes import sound_product
from commerce.search.domain.following import Entry, entry_of
from shared.dynamodb.tables import Item, Table
from shared.observability.logs import logger, without_message

_SEGMENTS = 4  # pages of 1 MB that are read, and held, at the same time


class DynamoWholeCatalogue:
    def __init__(self, products_table: str) -> None:
        self._products = Table(products_table)

    def entries(self) -> Iterator[Entry | None]:
        """One Scan."""
        return map(_entry, self._products.scan(segments=_SEGMENTS))

    def entries_of(self, product_ids: Sequence[str]) -> dict[str, Entry | None]:
        """A consistent BatchGetItem for each hundred."""
        found = self._products.get_many([{"productId": product_id} for product_id in product_ids])
        return {item["productId"]: _entry(item) for item in found}


def _entry(item: Item) -> Entry | None:
    try:
        return entry_of(sound_product(item))
    except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError) as error:
        logger.error("product cannot be read", extra={"productId": item.get("productId")} | without_message(error))
        return None
