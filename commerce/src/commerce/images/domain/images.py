"""Images of products: an admin gets an upload form, and a picture that passes inspection becomes an image.

Uploads are private until they have been inspected. Images have keys of their own, and never change.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from commerce.catalogue.domain.catalogue import Products, found, rewrite
from commerce.catalogue.domain.products import Image, Product, Status
from commerce.images.domain.picture_metadata import without_metadata
from commerce.images.domain.pictures import MAX_BYTES, PictureType, Refusal, refusal_of
from shared.errors import Conflict, NotFound, Unavailable
from shared.s3.upload_form import UploadForm

MAX_IMAGES = 10
FORM_SECONDS = 300

_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class WantedImage:
    """A picture that an admin wants to upload. `alt` describes it."""

    type: PictureType
    size_bytes: int
    alt: str


@dataclass(frozen=True, slots=True)
class OfferedUpload:
    image_id: str
    upload: UploadForm
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Upload:
    """An uploaded picture that has not been inspected. `version_id` identifies its bytes."""

    product_id: str
    image_id: str
    content_type: str
    size_bytes: int
    alt: str
    version_id: str


class Outcome(StrEnum):
    """The result of inspecting an upload."""

    SHOWN = "shown"
    GONE = "already inspected"
    NO_PRODUCT = "the product does not exist"
    NO_ROOM = "the product cannot have more images"
    REMOVED = "the image was removed meanwhile"


class Gallery(Protocol):
    """Storage of uploads and images. Every method raises Unavailable."""

    def form(self, product_id: str, image_id: str, wanted: WantedImage, expires_in_seconds: int) -> UploadForm:
        """A local computation."""
        ...

    def waiting(self, product_id: str, image_id: str) -> Upload | None: ...

    def content(self, upload: Upload) -> bytes | None:
        """None if it no longer exists."""
        ...

    def show(self, key: str, content: bytes, content_type: str) -> None:
        """Write an image, unless the key is taken."""
        ...

    def shows(self, key: str) -> bool: ...

    def take_down(self, keys: tuple[str, ...]) -> None:
        """Delete images; missing ones are ignored."""
        ...

    def recall(self, product_id: str, image_id: str) -> None:
        """Delete an upload, if there is one."""
        ...

    def discard(self, upload: Upload) -> None:
        """Delete this version of an upload, if it still exists."""
        ...


def image_key(product_id: str, image_id: str, type_: PictureType) -> str:
    """Unique to the image, so that browsers may cache it for ever."""
    return f"images/{product_id}/{image_id}.{type_.extension}"


def with_image(product: Product, image: Image) -> Product:
    """Unchanged if the product has the image already. Raises Conflict if it cannot have more."""
    if any(existing.image_id == image.image_id for existing in product.images):
        return product
    require_room(product)
    return replace(product, images=(*product.images, image))


def without_image(product: Product, image_id: str) -> Product:
    return replace(product, images=tuple(image for image in product.images if image.image_id != image_id))


def require_room(product: Product) -> None:
    """Raises Conflict."""
    if product.status is Status.ARCHIVED:
        raise Conflict("The product is archived: make it active or a draft first.")
    if len(product.images) >= MAX_IMAGES:
        raise Conflict(f"A product can have at most {MAX_IMAGES} images: remove one first.")


def offer_upload(
    product_id: str, image_id: str, wanted: WantedImage, products: Products, gallery: Gallery, now: datetime
) -> OfferedUpload:
    """A form for one picture. One GetItem; nothing is written. Raises NotFound; Conflict if there is no room."""
    require_room(found(products, product_id))
    form = gallery.form(product_id, image_id, wanted, FORM_SECONDS)
    return OfferedUpload(image_id, form, now + timedelta(seconds=FORM_SECONDS))


def remove_image(product_id: str, image_id: str, products: Products, gallery: Gallery, now: datetime) -> None:
    """Remove an image from its product, stop serving it, and drop an upload that waits. Idempotent.

    Raises NotFound; Unavailable.
    """
    keys = tuple(image_key(product_id, image_id, type_) for type_ in PictureType)
    gallery.recall(product_id, image_id)
    for _ in range(_ATTEMPTS):
        rewrite(products, product_id, lambda product: without_image(product, image_id), now)
        # all possible keys: an interrupted removal is repeated when the product no longer has the image
        gallery.take_down(keys)
        product = found(products, product_id)
        if without_image(product, image_id) == product:  # else an inspection has added it in between
            return
    raise Unavailable("The product is being changed by others: try again.", retry_after_seconds=1)


def inspect_upload(
    product_id: str, image_id: str, products: Products, gallery: Gallery, now: datetime
) -> Outcome | Refusal:
    """Publish an upload as an image of its product, or discard it. Idempotent at every step."""
    upload = gallery.waiting(product_id, image_id)
    if upload is None:
        return Outcome.GONE
    outcome = _inspect(upload, products, gallery, now)
    gallery.discard(upload)  # last: an interrupted inspection starts again
    return outcome


def _inspect(upload: Upload, products: Products, gallery: Gallery, now: datetime) -> Outcome | Refusal:
    if upload.size_bytes > MAX_BYTES:
        return Refusal.TOO_LARGE
    content = gallery.content(upload)
    if content is None:
        return Outcome.GONE
    if refusal := refusal_of(upload.content_type, content):
        return refusal
    type_ = PictureType(upload.content_type)
    key = image_key(upload.product_id, upload.image_id, type_)
    image = Image(upload.image_id, key, type_.value, upload.alt)
    try:
        with_image(found(products, upload.product_id), image)  # fails before anything is published
        gallery.show(key, without_metadata(type_, content), type_.value)
        rewrite(products, upload.product_id, lambda product: with_image(product, image), now)
        if not gallery.shows(key):  # removed before the product had it
            rewrite(products, upload.product_id, lambda product: without_image(product, image.image_id), now)
            return Outcome.REMOVED
    except NotFound:
        outcome = Outcome.NO_PRODUCT
    except Conflict:
        outcome = Outcome.NO_ROOM
    else:
        return Outcome.SHOWN
    gallery.take_down((key,))
    return outcome
