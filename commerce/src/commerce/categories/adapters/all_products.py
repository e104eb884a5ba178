"""The ids of all products, for those who count them anew."""

from collections.abc import Iterator

from commerce.catalogue.adapters.records import ProductRecord
from shared.dynamodb.scans import scan

_SEGMENTS = 4  # pages of 1 MB that are read, and held, at the same time


class DynamoProductIds:
    def __init__(self, products_table: str) -> None:
        self._products = ProductRecord.at(products_table)

    def __iter__(self) -> Iterator[str]:
        """One Scan."""
        return (str(image["productId"]["S"]) for image in scan(self._products, segments=_SEGMENTS))
