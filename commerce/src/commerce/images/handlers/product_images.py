"""Images of a product: POST /products/{productId}/images, DELETE /products/{productId}/images/{imageId}"""

from datetime import UTC, datetime
from http import HTTPStatus

from commerce.catalogue.domain.catalogue import require_admin
from commerce.images import wiring
from commerce.images.domain.images import offer_upload, remove_image
from commerce.images.requests import OfferImage
from shared.http.bodies import checked
from shared.http.routes import Request, Response, routes
from shared.ids import new_id

_MAX_BODY_BYTES = 8 * 1024


def offer_image(request: Request) -> Response:
    """Admins get a form that uploads one picture within five minutes; 403 otherwise, 404, 409 where no more fits.

    The product shows the picture once it was looked at, seconds after the upload; what is no picture is discarded.
    """
    require_admin(request.caller)  # before a word about the body
    wanted, now = checked(OfferImage, request.json(_MAX_BODY_BYTES)).to_wanted(), datetime.now(UTC)
    product_id = request.path_id("productId")
    offered = offer_upload(product_id, new_id(now), wanted, wiring.products(), wiring.gallery(), now)
    return Response(offered, HTTPStatus.CREATED)


def take_away_image(request: Request) -> Response:
    """Admins take an image away, also one that is gone already; 403 otherwise, 404 where there is no such product."""
    require_admin(request.caller)
    product_id, image_id = request.path_id("productId"), request.path_id("imageId")
    remove_image(product_id, image_id, wiring.products(), wiring.gallery(), datetime.now(UTC))
    return Response(None, HTTPStatus.NO_CONTENT)


handler = routes(
    {
        "POST /products/{productId}/images": offer_image,
        "DELETE /products/{productId}/images/{imageId}": take_away_image,
    }
)
