"""The Products table from one end to the other, for those who rebuild or verify an index."""

from collections.abc import Iterator, Sequence

from commerce.catalogue.adapters.records import ProductRecord
from commerce.search.adapters.product_changes import sound_product
from commerce.search.domain.following import Entry, entry_of
from shared.dynamodb.records import Image
from shared.dynamodb.scans import scan
from shared.observability.logs import logger, without_message

_SEGMENTS = 4  # pages of 1 MB that are read, and held, at the same time


class DynamoWholeCatalogue:
    def __init__(self, products_table: str) -> None:
        self._products = ProductRecord.at(products_table)

    def entries(self) -> Iterator[Entry | None]:
        """One Scan."""
        return map(_entry, scan(self._products, segments=_SEGMENTS))

    def entries_of(self, product_ids: Sequence[str]) -> dict[str, Entry | None]:
        """A consistent BatchGetItem for each hundred."""
        return {image["productId"]["S"]: _entry(image) for image in self._products.find_images(product_ids)}


def _entry(image: Image) -> Entry | None:
    try:
        return entry_of(sound_product(image))
    except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError) as error:
        product_id = image.get("productId", {}).get("S")
        logger.error("product cannot be read", extra={"productId": product_id} | without_message(error))
        return None
