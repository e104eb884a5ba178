"""Images of products: an admin gets a form, uploads a picture with it, and once it was looked at the product shows it.

An upload stays where only we see it until its bytes were read. What is shown has a key of its own, and never changes.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from commerce.catalogue.domain.catalogue import Products, found, rewrite
from commerce.catalogue.domain.products import Image, Product, Status
from commerce.images.domain.picture_notes import without_notes
from commerce.images.domain.pictures import MAX_BYTES, PictureType, Refusal, refusal_of
from shared.errors import Conflict, NotFound, Unavailable
from shared.s3.upload_form import UploadForm

MAX_IMAGES = 10
FORM_SECONDS = 300

_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class WantedImage:
    """What an admin says of a picture before uploading it: `alt` is what it shows, in words."""

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
    """What was uploaded, and nobody has looked at yet. `version_id` names these very bytes."""

    product_id: str
    image_id: str
    content_type: str
    size_bytes: int
    alt: str
    version_id: str


class Outcome(StrEnum):
    """What became of an upload that is a picture."""

    SHOWN = "shown"
    GONE = "nothing there: it has been looked at before"
    NO_PRODUCT = "there is no such product"
    NO_ROOM = "the product takes no more images"
    REMOVED = "it was removed meanwhile"


class Gallery(Protocol):
    """Where uploads wait, and where images are shown. Every method raises Unavailable where it is out of reach."""

    def form(self, product_id: str, image_id: str, wanted: WantedImage, expires_in_seconds: int) -> UploadForm:
        """Asks nobody."""
        ...

    def waiting(self, product_id: str, image_id: str) -> Upload | None: ...

    def content(self, upload: Upload) -> bytes | None:
        """None where it is gone."""
        ...

    def show(self, key: str, content: bytes, content_type: str) -> None:
        """For good, unless something is shown there already."""
        ...

    def shows(self, key: str) -> bool: ...

    def take_down(self, keys: tuple[str, ...]) -> None:
        """What is not shown may be named."""
        ...

    def recall(self, product_id: str, image_id: str) -> None:
        """Nothing waits there any more, if anything did."""
        ...

    def discard(self, upload: Upload) -> None:
        """It may be gone already."""
        ...


def image_key(product_id: str, image_id: str, type_: PictureType) -> str:
    """Under which it is shown: of its own, so that it may be kept by browsers for ever."""
    return f"images/{product_id}/{image_id}.{type_.extension}"


def with_image(product: Product, image: Image) -> Product:
    """Raises Conflict where the product takes no more; what it has already stays once."""
    if any(known.image_id == image.image_id for known in product.images):
        return product
    require_room(product)
    return replace(product, images=(*product.images, image))


def without_image(product: Product, image_id: str) -> Product:
    return replace(product, images=tuple(image for image in product.images if image.image_id != image_id))


def require_room(product: Product) -> None:
    """Raises Conflict."""
    if product.status is Status.ARCHIVED:
        raise Conflict("An archived product stays as it is: put it back into the shop first.")
    if len(product.images) >= MAX_IMAGES:
        raise Conflict(f"A product has at most {MAX_IMAGES} images: remove one first.")


def offer_upload(
    product_id: str, image_id: str, wanted: WantedImage, products: Products, gallery: Gallery, now: datetime
) -> OfferedUpload:
    """A form for one picture. Raises NotFound; Conflict where the product takes no more.

    One GetItem. Nothing is written: an upload that never comes leaves nothing behind.
    """
    require_room(found(products, product_id))
    form = gallery.form(product_id, image_id, wanted, FORM_SECONDS)
    return OfferedUpload(image_id, form, now + timedelta(seconds=FORM_SECONDS))


def remove_image(product_id: str, image_id: str, products: Products, gallery: Gallery, now: datetime) -> None:
    """The product no longer has it, nobody is served it any more, and an upload that waits is not looked at.

    Once is enough. Raises NotFound; Unavailable.
    """
    keys = tuple(image_key(product_id, image_id, type_) for type_ in PictureType)
    gallery.recall(product_id, image_id)
    for _ in range(_ATTEMPTS):
        rewrite(products, product_id, lambda known: without_image(known, image_id), now)
        # all that it may be called: a removal that was cut off here is repeated when the product knows nothing of it
        gallery.take_down(keys)
        product = found(products, product_id)
        if without_image(product, image_id) == product:  # or a look at its upload has come between the two
            return
    raise Unavailable("Others are changing this product; try again.", retry_after_seconds=1)


def inspect_upload(
    product_id: str, image_id: str, products: Products, gallery: Gallery, now: datetime
) -> Outcome | Refusal:
    """Show an upload as an image of its product, or discard it. May be repeated at any point, and ends the same."""
    upload = gallery.waiting(product_id, image_id)
    if upload is None:
        return Outcome.GONE
    outcome = _inspect(upload, products, gallery, now)
    gallery.discard(upload)  # last: what was cut off before is done again
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
        with_image(found(products, upload.product_id), image)  # before anything is shown
        gallery.show(key, without_notes(type_, content), type_.value)
        rewrite(products, upload.product_id, lambda known: with_image(known, image), now)
        if not gallery.shows(key):  # somebody has removed it, before the product had it
            rewrite(products, upload.product_id, lambda known: without_image(known, image.image_id), now)
            return Outcome.REMOVED
    except NotFound:
        outcome = Outcome.NO_PRODUCT
    except Conflict:
        outcome = Outcome.NO_ROOM
    else:
        return Outcome.SHOWN
    gallery.take_down((key,))
    return outcome
