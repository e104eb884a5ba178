"""Loads the sample products and their pictures into the running shop, once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import cache

from local.sample_data.shop.catalogue import Stocked, sample_products
from local.sample_data.shop.drawings.pictures import draw

_THREADS = 8


def open_shop(products_table: str, images_bucket: str, midnight: datetime) -> None:
    """Add missing products; those that admins have changed or archived stay as they are."""
    from commerce.catalogue.adapters.products import DynamoProducts
    from commerce.catalogue.adapters.records import ProductRecord
    from commerce.images.adapters.gallery import S3Gallery
    from shared.dynamodb.records import put_many

    stocked = sample_products(midnight)
    present = DynamoProducts(products_table, None).find_many([each.product.product_id for each in stocked])
    missing = [each for each in stocked if each.product.product_id not in present]
    gallery, drawn = S3Gallery(images_bucket), cache(draw)

    def hang(each: Stocked) -> None:
        [image] = each.product.images
        gallery.show(image.key, drawn(each.picture), image.content_type)

    with ThreadPoolExecutor(_THREADS) as pool:
        list(pool.map(hang, missing))  # before the products that refer to them
    products = ProductRecord.at(products_table)
    put_many(products, [products.of(each.product) for each in missing])
