"""The composition root of what an upload starts: it knows products and their images, and no caller."""

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from shared.settings import from_environment, read_at_start

if TYPE_CHECKING:  # at a cold start, only what a function needs
    from commerce.domain.catalogue import Products
    from commerce.domain.images import Gallery


@dataclass(frozen=True)
class Settings:
    products_table: str
    images_bucket: str


@read_at_start
def settings() -> Settings:
    return from_environment(Settings)


@cache
def products() -> "Products":
    from commerce.adapters.products import DynamoProducts

    return DynamoProducts(settings().products_table, None)


@cache
def gallery() -> "Gallery":
    from commerce.adapters.gallery import S3Gallery

    return S3Gallery(settings().images_bucket)
