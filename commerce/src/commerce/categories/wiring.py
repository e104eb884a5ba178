"""The composition root of categories."""

from collections.abc import Iterable
from functools import cache

from commerce import settings
from commerce.catalogue.adapters.products import DynamoProducts
from commerce.categories.adapters.all_products import DynamoProductIds
from commerce.categories.adapters.categories import DynamoCategories
from commerce.categories.domain.counting import Categories, Products


@cache
def categories() -> Categories:
    return DynamoCategories(settings.Categories().categories_table)


@cache
def products() -> Products:
    return DynamoProducts(settings.WholeCatalogue().products_table, None)


@cache
def product_ids() -> Iterable[str]:
    return DynamoProductIds(settings.WholeCatalogue().products_table)
