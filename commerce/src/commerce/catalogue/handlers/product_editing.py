"""How admins keep the catalogue: /products, /products/{productId}, /admin/products"""

from datetime import UTC, datetime
from http import HTTPStatus

from commerce.catalogue import wiring
from commerce.catalogue.answers import product_answer, products_answer, products_scope
from commerce.catalogue.domain.catalogue import require_admin
from commerce.catalogue.domain.products import Status
from commerce.catalogue.queries import asked_listing
from commerce.catalogue.requests import AddProduct, ChangeProduct
from shared.http.bodies import checked
from shared.http.routes import Request, Response, routes
from shared.idempotency.claims import once

_MAX_BODY_BYTES = 128 * 1024  # the longest product, where JSON spells every character as \\uXXXX\\uXXXX, has 72 KB


def add_product(request: Request) -> Response:
    """Admins add a product; 403 otherwise. May have an Idempotency-Key."""
    require_admin(request.caller)  # before a word about the body
    body, now = request.json(_MAX_BODY_BYTES), datetime.now(UTC)
    details, claim = checked(AddProduct, body).to_details(), request.claim(body)
    catalogue, images_url = wiring.catalogue(), wiring.images_url()
    added = once(
        claim,
        wiring.first_answers(),
        now,
        lambda: catalogue.create(details, now, claim, lambda product: product_answer(product, images_url)),
    )
    return Response(added, HTTPStatus.CREATED)


def change_product(request: Request) -> Response:
    """Admins replace a product, with `version` the one that they have seen; 403 otherwise, 404, 409."""
    require_admin(request.caller)
    asked, now = checked(ChangeProduct, request.json(_MAX_BODY_BYTES)), datetime.now(UTC)
    changed = wiring.catalogue().change(request.path_id("productId"), asked.version, asked.to_details(), now)
    return Response(product_answer(changed, wiring.images_url()))


def archive_product(request: Request) -> Response:
    """Admins take a product out of the shop; orders still show it. 403 otherwise, 404."""
    require_admin(request.caller)
    archived = wiring.catalogue().archive(request.path_id("productId"), datetime.now(UTC))
    return Response(product_answer(archived, wiring.images_url()))


def list_for_admins(request: Request) -> Response:
    """Admins list products by `status` too: draft, active or archived; 403 otherwise."""
    require_admin(request.caller)
    cursors, listing = wiring.cursors(), asked_listing(request, request.choice("status", Status) or Status.ACTIVE)
    page = wiring.catalogue().browse(listing, *request.page(cursors, products_scope(listing)))
    return Response(products_answer(page, listing, cursors, wiring.images_url()))


def read_for_admins(request: Request) -> Response:
    """Admins read drafts too; 403 otherwise, 404."""
    require_admin(request.caller)
    product = wiring.catalogue().read(request.path_id("productId"))
    return Response(product_answer(product, wiring.images_url()))


handler = routes(
    {
        "POST /products": add_product,
        "PUT /products/{productId}": change_product,
        "DELETE /products/{productId}": archive_product,
        "GET /admin/products": list_for_admins,
        "GET /admin/products/{productId}": read_for_admins,
    }
)
