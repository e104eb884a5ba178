"""The shop: its window, its catalogue, and carts."""

from tests.access.matrix import Call, admins, anybody, everybody, public_read, row
from tests.access.people import COMMERCE
from tests.access.world import DRAFT, World


@public_read(COMMERCE, "/products")
@public_read(COMMERCE, "/search")
@public_read(COMMERCE, "/categories")
@row(COMMERCE, "POST /guest-carts", anybody(201))
@row(COMMERCE, "GET /admin/products", admins(200))
@row(COMMERCE, "GET /cart", everybody(200))
@row(COMMERCE, "DELETE /cart", everybody(200))
def alone(_: World) -> Call:
    return Call()


@public_read(COMMERCE, "/products/{productId}")
@row(COMMERCE, "DELETE /cart/items/{productId}", everybody(200))
def of_product(world: World) -> Call:
    return Call(path={"productId": world.product_id})


@public_read(COMMERCE, "/search/suggestions")
def suggest(_: World) -> Call:
    return Call(query={"q": "bo"})


@row(COMMERCE, "POST /products", admins(201))
def add_product(_: World) -> Call:
    return Call(json=DRAFT)


@row(COMMERCE, "PUT /products/{productId}", admins(200))
def change_product(world: World) -> Call:
    return Call(path={"productId": world.draft_id}, json=DRAFT)


@row(COMMERCE, "DELETE /products/{productId}", admins(200))
def archive_product(world: World) -> Call:
    return Call(path={"productId": world.done(COMMERCE, "POST", "/products", DRAFT)["productId"]})


@row(COMMERCE, "GET /admin/products/{productId}", admins(200))
@row(COMMERCE, "GET /products/{productId}/images", admins(200))
def of_draft(world: World) -> Call:
    return Call(path={"productId": world.draft_id})


@row(COMMERCE, "POST /products/imports", admins(200))
def import_products(world: World) -> Call:
    return Call(json=[DRAFT | {"productId": world.draft_id}])


OFFERED_FILE = {"contentType": "text/csv", "size": 1000}


@row(COMMERCE, "POST /products/imports/uploads", admins(201))
def offer_upload(_: World) -> Call:
    return Call(json=OFFERED_FILE)


@row(COMMERCE, "GET /products/imports/{importId}", admins(200))
def read_import(world: World) -> Call:
    return Call(path={"importId": world.done(COMMERCE, "POST", "/products/imports/uploads", OFFERED_FILE)["importId"]})


@row(COMMERCE, "GET /products/export", admins(200))
def export_products(_: World) -> Call:
    return Call()


@row(COMMERCE, "POST /products/{productId}/stock", admins(200))
def adjust_stock(world: World) -> Call:
    product_id = world.done(COMMERCE, "POST", "/products", DRAFT)["productId"]
    return Call(path={"productId": product_id}, json={"change": 1, "reason": "A delivery"})


@row(COMMERCE, "POST /products/{productId}/images", admins(201))
def offer_image(world: World) -> Call:
    wanted = {"contentType": "image/png", "size": 1000, "alt": "A drawing"}
    return Call(path={"productId": world.draft_id}, json=wanted)


@row(COMMERCE, "DELETE /products/{productId}/images/{imageId}", admins(204))
def remove_image(world: World) -> Call:
    wanted = {"contentType": "image/png", "size": 1000, "alt": "A drawing"}
    offered = world.done(COMMERCE, "POST", f"/products/{world.draft_id}/images", wanted)
    return Call(path={"productId": world.draft_id, "imageId": offered["imageId"]})


@row(COMMERCE, "PUT /products/{productId}/images/order", admins(200))
def order_images(world: World) -> Call:
    return Call(path={"productId": world.draft_id}, json={"imageIds": []})


@row(COMMERCE, "PATCH /products/{productId}/images/{imageId}", admins(200))
def describe_image(world: World) -> Call:
    products = world.done(COMMERCE, "GET", "/products?limit=100", caller="guest")["items"]
    product = next(product for product in products if product["images"])
    image = product["images"][0]
    path = {"productId": product["productId"], "imageId": image["imageId"]}
    return Call(path=path, json={"alt": image["alt"]})


@row(COMMERCE, "PUT /cart/items/{productId}", everybody(200))
def put_line(world: World) -> Call:
    return Call(path={"productId": world.product_id}, json={"quantity": 1})


@row(COMMERCE, "POST /cart/merges", everybody(200))
def merge(world: World) -> Call:
    return Call(json={"cartId": world.guest_cart()["X-Cart-Id"]})


@row(COMMERCE, "GET /guest-cart", anybody(200))
@row(COMMERCE, "DELETE /guest-cart", anybody(200))
def of_guest(world: World) -> Call:
    return Call(headers=world.guest_cart())


@row(COMMERCE, "PUT /guest-cart/items/{productId}", anybody(200))
def put_guests_line(world: World) -> Call:
    return Call(path={"productId": world.product_id}, headers=world.guest_cart(), json={"quantity": 1})


@row(COMMERCE, "DELETE /guest-cart/items/{productId}", anybody(200))
def remove_guests_line(world: World) -> Call:
    return Call(path={"productId": world.product_id}, headers=world.guest_cart())
