"""Images of products: an admin gets an upload form, sees what became of it, and removes images."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from commerce.catalogue.domain.catalogue import Products, found, rewrite
from commerce.catalogue.domain.products import Image, Product, Status
from commerce.images.domain.gallery import Gallery, WantedImage
from commerce.images.domain.uploads import FORM_VALID, NoRoom, Reason, State, Upload, Uploads, possible_files
from shared.errors import Conflict, FieldError, Invalid, NotFound
from shared.idempotency.claims import Claim
from shared.s3.upload_form import UploadForm

MAX_IMAGES = 10


@dataclass(frozen=True, slots=True)
class OfferedUpload:
    image_id: str
    upload: UploadForm
    expires_at: datetime


class ImageState(StrEnum):
    """What admins see of an image."""

    WAITING = "waiting"
    SHOWN = "shown"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class ProductImage:
    """`image` if it is shown; `reason` if it was refused."""

    image_id: str
    alt: str
    state: ImageState
    image: Image | None = None
    reason: Reason | None = None


def no_room(product: Product, taken: int = 0) -> NoRoom | None:
    """Why the product takes no further image, with so many places `taken` beside its images."""
    if product.status is Status.ARCHIVED:
        return NoRoom.ARCHIVED
    return NoRoom.FULL if len(product.images) + taken >= MAX_IMAGES else None


def without_image(product: Product, image_id: str) -> Product:
    return replace(product, images=tuple(image for image in product.images if image.image_id != image_id))


class Images:
    """The images of all products."""

    def __init__(self, products: Products, uploads: Uploads, gallery: Gallery) -> None:
        self._products, self._uploads, self._gallery = products, uploads, gallery

    def offer(
        self, product_id: str, image_id: str, wanted: WantedImage, claim: Claim | None, now: datetime
    ) -> OfferedUpload:
        """A form for one picture, which takes a place until it expires.

        Raises NotFound; Conflict if there is no place; KeyInUse.
        """
        kept = self._uploads.of_product(product_id, now)
        product = found(self._products, product_id)
        taken = sum(now < upload.form_expires_at for upload in _pending(kept, product))
        match no_room(product, taken):
            case NoRoom.ARCHIVED:
                raise Conflict("The product is archived: make it active or a draft first.")
            case NoRoom.FULL:
                unused = f", or wait until unused forms expire ({taken} now)" if taken else ""
                raise Conflict(f"A product can have at most {MAX_IMAGES} images: remove one first{unused}.")
        upload = Upload(product_id, image_id, wanted.type, wanted.alt, now)
        form = self._gallery.form(product_id, image_id, wanted, FORM_VALID.seconds)
        offered = OfferedUpload(image_id, form, upload.form_expires_at)
        self._uploads.add(upload, claim.answered(offered, now) if claim else None)
        return offered

    def of_product(self, product_id: str, now: datetime) -> list[ProductImage]:
        """The images that are shown, in the product's order; then the other uploads, the newest first.

        Forms that have expired unused are left out. Raises NotFound.
        """
        kept = self._uploads.of_product(product_id, now)
        product = found(self._products, product_id)  # after the uploads: it has what was shown meanwhile
        pending = _pending(kept, product)
        waiting = {upload.image_id for upload in pending if now < upload.form_expires_at}
        if len(waiting) < len(pending):
            waiting |= self._gallery.uploaded_ids(product_id)
        shown = [ProductImage(image.image_id, image.alt, ImageState.SHOWN, image) for image in product.images]
        others = [
            ProductImage(upload.image_id, upload.alt, ImageState.REFUSED, reason=upload.reason)
            if upload.state is State.REFUSED
            else ProductImage(upload.image_id, upload.alt, ImageState.WAITING)
            for upload in kept
            if upload.state is State.REFUSED or (upload in pending and upload.image_id in waiting)
        ]
        return [*shown, *others]

    def order(self, product_id: str, image_ids: Sequence[str], seen_version: int | None, now: datetime) -> Product:
        """Put the product's images into this order, which names each of them once. Idempotent.

        Raises NotFound; Invalid for other images; Conflict if the product is not at `seen_version`.
        """

        def ordered(product: Product) -> Product:
            by_id = {image.image_id: image for image in product.images}
            if sorted(image_ids) != sorted(by_id):
                message = f"must name each image of the product once: {', '.join(by_id) or 'it has none'}"
                raise Invalid(f"imageIds {message}.", [FieldError("imageIds", message)])
            return replace(product, images=tuple(by_id[image_id] for image_id in image_ids))

        return rewrite(self._products, product_id, ordered, now, seen_version=seen_version)

    def describe(self, product_id: str, image_id: str, alt: str, seen_version: int | None, now: datetime) -> Product:
        """Change what describes an image. Idempotent.

        Raises NotFound, also for an upload that is not shown yet; Conflict if the product is not at `seen_version`.
        """

        def described(product: Product) -> Product:
            if not any(image.image_id == image_id for image in product.images):
                raise NotFound("The product shows no such image.")
            images = (replace(each, alt=alt) if each.image_id == image_id else each for each in product.images)
            return replace(product, images=tuple(images))

        return rewrite(self._products, product_id, described, now, seen_version=seen_version)

    def remove(self, product_id: str, image_id: str, now: datetime) -> None:
        """Remove an image from its product and stop serving it, or drop its upload: for good, and idempotent.

        Raises NotFound; Unavailable.
        """
        self._uploads.remove(product_id, image_id)  # first: an inspection that ends later undoes what it has done
        rewrite(self._products, product_id, lambda product: without_image(product, image_id), now)
        # all possible files: an interrupted removal is repeated when the product no longer has the image
        self._gallery.take_down(possible_files(product_id, image_id))


def _pending(uploads: Iterable[Upload], product: Product) -> list[Upload]:
    """Those that may still become images."""
    shown = {image.image_id for image in product.images}
    return [upload for upload in uploads if upload.is_pending and upload.image_id not in shown]
