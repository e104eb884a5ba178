"""What clients receive about products."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from commerce.catalogue.domain.catalogue import Listing, ProductPage
from commerce.catalogue.domain.products import IMAGE_WIDTHS, Image, Kind, Product, Status
from shared.http.cursors import Cursors
from shared.money import Money

_LARGEST = str(IMAGE_WIDTHS[-1])


@dataclass(frozen=True, slots=True)
class ImageAnswer:
    """`width` and `height`, in pixels, are the upload's; `urls` has a file for each width, `url` is the largest.

    A small picture is not enlarged: then several of `urls` are one.
    """

    image_id: str
    url: str
    urls: Mapping[str, str]
    alt: str
    width: int | None
    height: int | None


@dataclass(frozen=True, slots=True)
class ProductAnswer:
    product_id: str
    kind: Kind
    name: str
    description: str
    category: str
    tags: tuple[str, ...]
    price: Money
    stock: int | None
    status: Status
    images: tuple[ImageAnswer, ...]
    version: int
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class ProductsAnswer:
    items: tuple[ProductAnswer, ...]
    next_cursor: str | None


def image_answer(image: Image, images_url: str) -> ImageAnswer:
    urls = image_urls(image, images_url)
    return ImageAnswer(image.image_id, urls[_LARGEST], urls, image.alt, image.width, image.height)


def image_urls(image: Image, images_url: str) -> dict[str, str]:
    """By width, `{"320": …, "800": …, "1600": …}`."""
    return {str(width): f"{images_url}/{image.file(width)}" for width in IMAGE_WIDTHS}


def product_answer(product: Product, images_url: str) -> ProductAnswer:
    return ProductAnswer(
        product_id=product.product_id,
        kind=product.kind,
        name=product.name,
        description=product.description,
        category=product.category,
        tags=product.tags,
        price=product.price,
        stock=product.stock,
        status=product.status,
        images=tuple(image_answer(image, images_url) for image in product.images),
        version=product.version,
        created_at=product.created_at,
        updated_at=product.updated_at,
    )


def products_answer(page: ProductPage, listing: Listing, cursors: Cursors, images_url: str) -> ProductsAnswer:
    items = tuple(product_answer(product, images_url) for product in page.items)
    return ProductsAnswer(items, cursors.make(products_scope(listing), page.after))


def products_scope(listing: Listing) -> str:
    """Cursors are valid for the same filters and order, with any page size."""
    return repr(("products", listing))
