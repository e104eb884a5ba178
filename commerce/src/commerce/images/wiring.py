"""The composition root of images: products and their pictures, and no caller."""

from functools import cache

from commerce import settings
from commerce.catalogue.adapters.products import DynamoProducts
from commerce.catalogue.domain.catalogue import Products
from commerce.images.adapters.gallery import S3Gallery
from commerce.images.domain.images import Gallery


@cache
def products() -> Products:
    return DynamoProducts(settings.Images().products_table, None)


@cache
def gallery() -> Gallery:
    return S3Gallery(settings.Images().images_bucket)
