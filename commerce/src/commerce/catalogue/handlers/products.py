"""What customers see: GET /products, GET /products/{productId}"""

from commerce.catalogue import wiring
from commerce.catalogue.answers import product_answer, products_answer, products_scope
from commerce.catalogue.domain.products import Status
from commerce.catalogue.queries import asked_listing
from shared.http.routes import Request, Response, routes

# The shop's front may be a minute old: carts read prices and stock anew.
_CACHED = {"Cache-Control": "public, max-age=60"}


def list_products(request: Request) -> Response:
    """Everybody browses what is active: `category`, `sort`, and for those sorted by price `minPrice` and `maxPrice`."""
    cursors, listing = wiring.cursors(), asked_listing(request, Status.ACTIVE)
    page = wiring.catalogue().browse(listing, *request.page(cursors, products_scope(listing)))
    return Response(products_answer(page, listing, cursors, wiring.images_url()), headers=_CACHED)


def read_product(request: Request) -> Response:
    """Everybody reads what is active or archived; 404 otherwise."""
    product = wiring.catalogue().seen_by_customers(request.path_id("productId"))
    return Response(product_answer(product, wiring.images_url()), headers=_CACHED)


handler = routes(
    {
        "GET /products": list_products,
        "GET /products/{productId}": read_product,
    }
)
