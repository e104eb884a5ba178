"""The cost of a page of products with 1,000 and with 100,000 products.

    python -m benchmarks.shop_pages [products …]

Using the adapter, on a DynamoDB of its own: round trips, rows read, their size by DynamoDB's rules, and the read
capacity units that AWS charges (0.5 per 4 KB for a query of an index), for the first page of 20 and for one in the
middle of the list. No times: unlike AWS, the local DynamoDB reads a whole partition for each page.
"""

import os
import random
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.capacity import bytes_of, counted, read_units
from commerce.catalogue.adapters.products import DynamoProducts
from commerce.catalogue.adapters.records import ProductRecord, price_key
from commerce.catalogue.domain.catalogue import Listing, Sort
from commerce.catalogue.domain.products import Image, Kind, Product, Status
from local.workspace import ROOT
from shared.dynamodb.records import put_many
from shared.money import Money
from tests.shared.dynamodb.dynamodb_tables import tables_like
from tests.shared.emulator import running_emulator

_SIZES = (1_000, 100_000)
_PAGE = 20
_CATEGORIES = ("Books", "Clothes", "Homeware", "Music", "Toys")
_MAX_PENCE = 20_000
_LISTINGS = {
    "all, by price": Listing(sort=Sort.CHEAPEST),
    "a category, dearest first": Listing(sort=Sort.DEAREST, category="Books"),
    "a category, £20 to £40": Listing(sort=Sort.CHEAPEST, category="Toys", min_price=2_000, max_price=4_000),
}


def main() -> None:
    sizes = tuple(map(int, sys.argv[1:])) or _SIZES
    with tempfile.TemporaryDirectory() as folder, running_emulator(Path(folder)) as endpoint:
        settings = {"ACCESS_KEY_ID": "test", "SECRET_ACCESS_KEY": "test", "DEFAULT_REGION": "us-west-2"}
        os.environ |= {f"AWS_{name}": value for name, value in settings.items()} | {"AWS_ENDPOINT_URL": endpoint}
        print(f"{'products':>9}  {'list':26} {'page':>6} {'calls':>6} {'rows':>5} {'bytes':>7} {'RCU':>5}")
        for size in sizes:
            with tables_like(endpoint, ROOT / "commerce/tables.yaml", ("ProductsTable", "IdempotencyTable")) as names:
                products = DynamoProducts(*names.values())
                _fill(names["ProductsTable"], size)
                for name, listing in _LISTINGS.items():
                    _measure(products, size, name, listing)


def _fill(table: str, size: int) -> None:
    products = ProductRecord.at(table)
    put_many(products, [products.of(product) for product in _products(size)])


def _products(size: int) -> Iterator[Product]:
    """About 1 KB each."""
    drawn = random.Random(size)  # noqa: S311  a sample
    start = datetime(2026, 1, 1, tzinfo=UTC)
    for number in range(size):
        made_at = start + timedelta(seconds=number)
        yield Product(
            product_id=f"product-{number:06d}",
            kind=Kind.GOODS,
            name=f"Thing number {number}",
            description="Hardly used, and looking for somebody who likes it as much as its first owner did. " * 3,
            category=drawn.choice(_CATEGORIES),
            tags=("second-hand", "one of a kind"),
            price=Money(drawn.randrange(1, _MAX_PENCE), "GBP"),
            stock=1,
            status=Status.ACTIVE,
            images=(
                Image("front", f"images/product-{number:06d}/front.png", "image/png", "The thing, from the front"),
            ),
            version=1,
            revision=1,
            movements=0,
            opening_stock=1,
            created_at=made_at,
            updated_at=made_at,
        )


def _measure(products: DynamoProducts, size: int, name: str, listing: Listing) -> None:
    middle = price_key(listing.min_price + 500 if listing.min_price else _MAX_PENCE // 2, "")
    for page, after in (("first", None), ("middle", middle)):
        with counted() as calls:
            products.page(listing, after, _PAGE)
        rows = sum(call.answer["ScannedCount"] for call in calls)
        size_bytes = sum(bytes_of(item) for call in calls for item in call.answer["Items"])
        print(f"{size:9,}  {name:26} {page:>6} {len(calls):6} {rows:5} {size_bytes:7} {read_units(calls):5.1f}")


if __name__ == "__main__":
    main()
