"""What clients receive about products."""

from dataclasses import dataclass
from datetime import datetime

from commerce.catalogue.domain.catalogue import Listing, ProductPage
from commerce.catalogue.domain.products import Image, Kind, Product, Status
from shared.http.cursors import Cursors
from shared.money import Money


@dataclass(frozen=True, slots=True)
class ImageAnswer:
    """`width` and `height` are in pixels."""

    image_id: str
    url: str
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
    return ImageAnswer(image.image_id, f"{images_url}/{image.key}", image.alt, image.width, image.height)


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
