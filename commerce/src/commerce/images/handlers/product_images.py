"""Images of a product: /products/{productId}/images, …/order, …/{imageId}"""

from datetime import UTC, datetime
from typing import Any

from commerce.catalogue.answers import ProductAnswer, product_answer
from commerce.images import wiring
from commerce.images.answers import ProductImagesAnswer, product_images_answer
from commerce.images.domain.images import OfferedUpload
from commerce.images.requests import ChangeImage, OfferImage, OrderImages
from shared.errors import Conflict
from shared.http.api import Api
from shared.http.callers import ADMINS
from shared.http.request import Request
from shared.idempotency.claims import once
from shared.ids import new_id

app = Api(prime=(wiring.images, wiring.first_answers, wiring.images_url))

_CHANGES: Any = {"answers": {200: ProductAnswer}, "raises": [Conflict]}


@app.route(
    "POST /products/{productId}/images",
    callers=ADMINS,
    body=OfferImage,
    key="optional",
    answers={201: OfferedUpload},
    raises=[Conflict],
)
def offer_image(request: Request[OfferImage]) -> object:
    """Admins get a form that uploads one picture within five minutes, unless the product has too many.

    Seconds after the upload, the picture is inspected and becomes an image of the product, or is refused.
    """
    product_id, wanted = request.path("productId"), request.body.to_wanted()
    claim, now = request.claim, datetime.now(UTC)
    images = wiring.images()
    return once(claim, wiring.first_answers(), now, lambda: images.offer(product_id, new_id(now), wanted, claim, now))


@app.route("GET /products/{productId}/images", callers=ADMINS, answers={200: ProductImagesAnswer})
def list_images(request: Request) -> ProductImagesAnswer:
    """Admins see which images are shown, which uploads wait, and why others were refused in the last seven days."""
    images = wiring.images().of_product(request.path("productId"), datetime.now(UTC))
    return product_images_answer(images, wiring.images_url())


@app.route("PUT /products/{productId}/images/order", callers=ADMINS, body=OrderImages, **_CHANGES)
def order_images(request: Request[OrderImages]) -> ProductAnswer:
    """Admins put the images into another order; the first one stands for the product in carts. Idempotent."""
    product_id, body, now = request.path("productId"), request.body, datetime.now(UTC)
    ordered = wiring.images().order(product_id, body.image_ids, body.version, now)
    return product_answer(ordered, wiring.images_url())


@app.route("PATCH /products/{productId}/images/{imageId}", callers=ADMINS, body=ChangeImage, **_CHANGES)
def describe_image(request: Request[ChangeImage]) -> ProductAnswer:
    """Admins change the text that describes an image. Idempotent."""
    product_id, image_id, body = request.path("productId"), request.path("imageId"), request.body
    described = wiring.images().describe(product_id, image_id, body.alt, body.version, datetime.now(UTC))
    return product_answer(described, wiring.images_url())


@app.route("DELETE /products/{productId}/images/{imageId}", callers=ADMINS, answers={204: None})
def delete_image(request: Request) -> None:
    """Admins remove an image or an upload, for good. Idempotent."""
    wiring.images().remove(request.path("productId"), request.path("imageId"), datetime.now(UTC))


handler = app
