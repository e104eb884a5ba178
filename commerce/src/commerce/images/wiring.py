"""The composition root of images."""

from functools import cache

from commerce import settings
from commerce.catalogue.adapters.products import DynamoProducts
from commerce.images.adapters.gallery import S3Gallery
from commerce.images.adapters.uploads import DynamoUploads
from commerce.images.domain.images import Images
from commerce.images.domain.inspection import Inspection
from shared.idempotency.claims import FirstAnswers
from shared.idempotency.first_answers import DynamoFirstAnswers


@cache
def images() -> Images:
    places, first_answers_table = settings.Images(), settings.FirstAnswers().idempotency_table
    uploads = DynamoUploads(places.uploads_table, first_answers_table)
    return Images(DynamoProducts(places.products_table, None), uploads, S3Gallery(places.images_bucket))


@cache
def inspection() -> Inspection:
    # only the function that inspects has the layer with Pillow
    from commerce.images.adapters.pillow_renderer import PillowRenderer

    places = settings.Images()
    uploads = DynamoUploads(places.uploads_table, None)
    products, gallery = DynamoProducts(places.products_table, None), S3Gallery(places.images_bucket)
    return Inspection(products, uploads, gallery, PillowRenderer())


@cache
def first_answers() -> FirstAnswers:
    return DynamoFirstAnswers(settings.FirstAnswers().idempotency_table)


def images_url() -> str:
    return settings.ImagesUrl().images_url
