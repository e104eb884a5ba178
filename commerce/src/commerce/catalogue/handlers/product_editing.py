"""Editing the catalogue: /products, /products/{productId}, /admin/products"""

from datetime import UTC, datetime

from commerce.catalogue import wiring
from commerce.catalogue.answers import ProductAnswer, ProductsAnswer, product_answer, products_answer, products_scope
from commerce.catalogue.domain.products import Product, Status
from commerce.catalogue.requests.listings import LISTING, read_listing
from commerce.catalogue.requests.products import AddProduct, ChangeProduct
from shared.errors import Conflict
from shared.http.api import Api
from shared.http.callers import ADMINS
from shared.http.parameters import choice, optional_whole_number, paging
from shared.http.request import Request
from shared.idempotency.claims import once

app = Api(prime=(wiring.catalogue, wiring.first_answers, wiring.cursors, wiring.images_url))

_SEEN_VERSION = optional_whole_number("version", 1, 999_999_999, description="Only if it is still the current one.")
_STATUS = choice("status", Status, default=Status.ACTIVE)


@app.route("POST /products", callers=ADMINS, body=AddProduct, key="optional", answers={201: ProductAnswer})
def add_product(request: Request[AddProduct]) -> object:
    """Admins add a product."""
    details, claim, now = request.body.to_details(), request.claim, datetime.now(UTC)
    catalogue = wiring.catalogue()
    return once(claim, wiring.first_answers(), now, lambda: catalogue.create(details, now, claim, _answer))


@app.route(
    "PUT /products/{productId}", callers=ADMINS, body=ChangeProduct, answers={200: ProductAnswer}, raises=[Conflict]
)
def change_product(request: Request[ChangeProduct]) -> ProductAnswer:
    """Admins replace a product; with a `version`, only if it is still the current one."""
    product_id, body, now = request.path("productId"), request.body, datetime.now(UTC)
    return _answer(wiring.catalogue().change(product_id, body.version, body.to_details, now))


@app.route(
    "DELETE /products/{productId}",
    callers=ADMINS,
    parameters=[_SEEN_VERSION],
    answers={200: ProductAnswer},
    raises=[Conflict],
)
def archive_product(request: Request) -> ProductAnswer:
    """Admins take a product off sale; orders still show it. Idempotent."""
    seen = request.value(_SEEN_VERSION)
    return _answer(wiring.catalogue().archive(request.path("productId"), seen, datetime.now(UTC)))


@app.route(
    "GET /admin/products",
    callers=ADMINS,
    parameters=[_STATUS, *LISTING, *paging()],
    answers={200: ProductsAnswer},
)
def list_for_admins(request: Request) -> ProductsAnswer:
    """Admins list products of any `status`."""
    cursors, listing = wiring.cursors(), read_listing(request, request.value(_STATUS))
    page = wiring.catalogue().browse(listing, *request.page(cursors, products_scope(listing)))
    return products_answer(page, listing, cursors, wiring.images_url())


@app.route("GET /admin/products/{productId}", callers=ADMINS, answers={200: ProductAnswer})
def read_for_admins(request: Request) -> ProductAnswer:
    """Admins read a product of any status."""
    return _answer(wiring.catalogue().read(request.path("productId")))


def _answer(product: Product) -> ProductAnswer:
    return product_answer(product, wiring.images_url())


handler = app
