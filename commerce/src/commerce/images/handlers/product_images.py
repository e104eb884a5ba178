"""Images of a product: POST /products/{productId}/images, DELETE /products/{productId}/images/{imageId}"""

from datetime import UTC, datetime

from commerce.images import wiring
from commerce.images.domain.images import OfferedUpload, offer_upload, remove_image
from commerce.images.requests import OfferImage
from shared.errors import Conflict
from shared.http.api import Api
from shared.http.callers import ADMINS
from shared.http.request import Request
from shared.ids import new_id

app = Api(prime=(wiring.products, wiring.gallery))


@app.route(
    "POST /products/{productId}/images",
    callers=ADMINS,
    body=OfferImage,
    answers={201: OfferedUpload},
    raises=[Conflict],
)
def offer_image(request: Request[OfferImage]) -> OfferedUpload:
    """Admins get a form that uploads one picture within five minutes, unless the product has too many.

    Seconds after the upload, the picture is inspected and becomes an image of the product, or is discarded.
    """
    product_id, wanted, now = request.path("productId"), request.body.to_wanted(), datetime.now(UTC)
    return offer_upload(product_id, new_id(now), wanted, wiring.products(), wiring.gallery(), now)


@app.route("DELETE /products/{productId}/images/{imageId}", callers=ADMINS, answers={204: None})
def delete_image(request: Request) -> None:
    """Admins remove an image. Idempotent."""
    product_id, image_id = request.path("productId"), request.path("imageId")
    remove_image(product_id, image_id, wiring.products(), wiring.gallery(), datetime.now(UTC))


handler = app
