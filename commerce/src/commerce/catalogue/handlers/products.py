"""Browsing: GET /products, GET /products/{productId}"""

from commerce.catalogue import wiring
from commerce.catalogue.answers import ProductAnswer, ProductsAnswer, product_answer, products_answer, products_scope
from commerce.catalogue.domain.products import Status
from commerce.catalogue.requests.listings import LISTING, read_listing
from shared.http.api import Api
from shared.http.callers import ANYBODY
from shared.http.contract import public
from shared.http.edge import is_cached_by_gateway
from shared.http.parameters import paging
from shared.http.request import Request

app = Api(prime=(wiring.catalogue, wiring.cursors, wiring.images_url))

# Lists may be a minute old: carts read prices and stock again.
_CACHED = public(max_age_seconds=60)


@app.route(
    "GET /products",
    callers=ANYBODY,
    parameters=[*LISTING, *paging()],
    answers={200: ProductsAnswer},
    cache_control=_CACHED,
    cached_by_gateway=is_cached_by_gateway,
)
def list_products(request: Request) -> ProductsAnswer:
    """Everybody browses active products, by `category`, and by price within a range."""
    cursors, listing = wiring.cursors(), read_listing(request, Status.ACTIVE)
    page = wiring.catalogue().browse(listing, *request.page(cursors, products_scope(listing)))
    return products_answer(page, listing, cursors, wiring.images_url())


@app.route(
    "GET /products/{productId}",
    callers=ANYBODY,
    answers={200: ProductAnswer},
    cache_control=_CACHED,
    cached_by_gateway=is_cached_by_gateway,
)
def read_product(request: Request) -> ProductAnswer:
    """Everybody reads active and archived products."""
    product = wiring.catalogue().seen_by_customers(request.path("productId"))
    return product_answer(product, wiring.images_url())


handler = app
