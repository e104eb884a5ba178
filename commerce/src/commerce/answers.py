"""The shapes that clients receive. `shared.wire` writes them; the OpenAPI document is made of them."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import TYPE_CHECKING

from commerce.domain.catalogue import Listing, ProductPage
from commerce.domain.products import Image, Kind, Product, Status
from shared.cursors import Cursors
from shared.money import Money

if TYPE_CHECKING:  # only a search needs them
    from commerce.domain.search.finding import Found, Hit, Query


@dataclass(frozen=True, slots=True)
class ImageAnswer:
    image_id: str
    url: str
    alt: str


@dataclass(frozen=True, slots=True)
class ProductAnswer:
    """GET, PUT, DELETE /products/{productId}, GET /admin/products/{productId}"""

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
class AddedProduct(ProductAnswer):
    """POST /products → 201"""


@dataclass(frozen=True, slots=True)
class ProductsAnswer:
    """GET /products, GET /admin/products"""

    items: tuple[ProductAnswer, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class HighlightAnswer:
    """HTML: escaped text with `<em>` around what was found; null where nothing was."""

    name: str | None
    description: str | None


@dataclass(frozen=True, slots=True)
class FoundProduct(ProductAnswer):
    """A product and what was found in it."""

    highlight: HighlightAnswer


@dataclass(frozen=True, slots=True)
class FacetValueAnswer:
    """`count`: how many products it would leave."""

    value: str
    count: int


@dataclass(frozen=True, slots=True)
class FacetsAnswer:
    """`price` has bands in minor units, both ends included: `500-999`, `10000-`."""

    category: tuple[FacetValueAnswer, ...]
    kind: tuple[FacetValueAnswer, ...]
    price: tuple[FacetValueAnswer, ...]


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """GET /search"""

    items: tuple[FoundProduct, ...]
    facets: FacetsAnswer
    total: int
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class SuggestionsAnswer:
    """GET /search/suggestions"""

    items: tuple[str, ...]


def image_answer(image: Image, images_url: str) -> ImageAnswer:
    return ImageAnswer(image.image_id, f"{images_url}/{image.key}", image.alt)


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


def search_answer(found: "Found", query: "Query", cursors: Cursors, images_url: str) -> SearchAnswer:
    items = tuple(_found_product(hit, images_url) for hit in found.hits)
    facets = {
        name: tuple(FacetValueAnswer(each.value, each.count) for each in values)
        for name, values in found.facets.items()
    }
    following = query.offset_after(found)
    position = None if following is None else str(following)
    return SearchAnswer(items, FacetsAnswer(**facets), found.total, cursors.make(search_scope(query), position))


def _found_product(hit: "Hit", images_url: str) -> FoundProduct:
    product = product_answer(hit.product, images_url)
    shown = {field.name: getattr(product, field.name) for field in fields(product)}
    return FoundProduct(**shown, highlight=HighlightAnswer(hit.highlight.name, hit.highlight.description))


def search_scope(query: "Query") -> str:
    """What a cursor of a search is signed for: its words, filters and order, not its pages."""
    return repr(("search", query.words, query.category, query.min_price, query.max_price, query.sort.value))


def products_answer(page: ProductPage, listing: Listing, cursors: Cursors, images_url: str) -> ProductsAnswer:
    items = tuple(product_answer(product, images_url) for product in page.items)
    return ProductsAnswer(items, cursors.make(products_scope(listing), page.after))


def products_scope(listing: Listing) -> str:
    """What a cursor of a list is signed for: its filters and its order, not the length of its pages."""
    return repr(("products", listing))
