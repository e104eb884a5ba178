"""The inspection of uploads: a picture that passes it becomes an image of its product.

The verdict is written before anything is published, and names the bytes that it is about. An interrupted inspection is
repeated, and continues from there; another file from the same form decides nothing.
"""

from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from commerce.catalogue.domain.catalogue import Products, rewrite
from commerce.catalogue.domain.products import Image, Product
from commerce.images.domain.gallery import Gallery, UploadedFile
from commerce.images.domain.images import no_room, without_image
from commerce.images.domain.pictures import MAX_BYTES, Flaw, Rendered, Renderer
from commerce.images.domain.uploads import NoRoom, Reason, State, Upload, Uploads, image_key, possible_files

_MAX_INSPECTIONS = 2
"""Of one upload: if these broke off while it was decoded, which may take a function's life, the next one refuses it."""
_WEBP = "image/webp"


class Outcome(StrEnum):
    """The result of an inspection, unless the upload is refused."""

    SHOWN = "shown"
    GONE = "inspected-before"
    NO_FORM = "no-form"
    USED = "form-used-before"
    REMOVED = "removed"


class Inspection:
    """Inspects uploads of all products."""

    def __init__(self, products: Products, uploads: Uploads, gallery: Gallery, renderer: Renderer) -> None:
        self._products, self._uploads, self._gallery, self._renderer = products, uploads, gallery, renderer

    def inspect(self, product_id: str, image_id: str, now: datetime) -> Outcome | Reason:
        """Publish an uploaded file as an image of its product, or discard it. Idempotent at every step."""
        file = self._gallery.uploaded(product_id, image_id)
        if file is None:
            return Outcome.GONE
        outcome = self._inspect(file, now)
        self._gallery.discard(file)  # last: an interrupted inspection starts again
        return outcome

    def _inspect(self, file: UploadedFile, now: datetime) -> Outcome | Reason:
        upload = self._uploads.find(file.product_id, file.image_id)
        content = self._gallery.content(file) if file.size_bytes <= MAX_BYTES else b""
        if content is None:
            return Outcome.GONE
        rendered = self._rendered(upload, file, content) if upload and upload.is_pending else None
        if upload and rendered and upload.state is State.WAITING:
            upload = self._uploads.settle(_inspected(upload, file, rendered), State.WAITING)
        if upload is None:
            return Outcome.NO_FORM
        if upload.state is State.ACCEPTED:
            if upload.version_id != file.version_id or not isinstance(rendered, Rendered):
                return Outcome.USED
            upload = self._published(upload, rendered, now)
        if upload.state is State.ACCEPTED:
            return Outcome.SHOWN
        if not isinstance(upload.reason, Flaw):  # otherwise nothing has been published
            self._withdraw(upload, now)
        return upload.reason or Outcome.REMOVED

    def _rendered(self, upload: Upload, file: UploadedFile, content: bytes) -> Rendered | Flaw:
        if file.size_bytes > MAX_BYTES:
            return Flaw.TOO_LARGE
        is_new = upload.state is State.WAITING
        if is_new and self._uploads.begin(upload.product_id, upload.image_id) > _MAX_INSPECTIONS:
            return Flaw.UNREADABLE
        return self._renderer.render(upload.type, content)

    def _published(self, upload: Upload, rendered: Rendered, now: datetime) -> Upload:
        """The upload as it is then: no longer ACCEPTED if the product takes no more images, or it has been removed."""
        key, widths = image_key(upload.product_id, upload.image_id), tuple(sorted(rendered.files))
        image = Image(upload.image_id, key, _WEBP, upload.alt, upload.width, upload.height, widths)
        try:
            for width, file in zip(widths, image.files, strict=True):
                self._gallery.show(file, rendered.files[width], _WEBP)
            rewrite(self._products, upload.product_id, lambda product: _with_image(product, image), now)
        except _ProductTakesNone as error:
            refused = replace(upload, state=State.REFUSED, reason=error.reason)
            return self._uploads.settle(refused, State.ACCEPTED) or refused
        # a removal in between may have come too early to undo what was just done
        return self._uploads.find(upload.product_id, upload.image_id) or upload

    def _withdraw(self, upload: Upload, now: datetime) -> None:
        rewrite(self._products, upload.product_id, lambda product: without_image(product, upload.image_id), now)
        self._gallery.take_down(possible_files(upload.product_id, upload.image_id))


class _ProductTakesNone(Exception):
    def __init__(self, reason: NoRoom) -> None:
        super().__init__(reason)
        self.reason = reason


def _with_image(product: Product, image: Image) -> Product:
    """Unchanged if the product has the image already. Raises _ProductTakesNone."""
    if any(existing.image_id == image.image_id for existing in product.images):
        return product
    if reason := no_room(product):
        raise _ProductTakesNone(reason)
    return replace(product, images=(*product.images, image))


def _inspected(upload: Upload, file: UploadedFile, rendered: Rendered | Flaw) -> Upload:
    match rendered:
        case Rendered(width=width, height=height):
            return replace(upload, state=State.ACCEPTED, version_id=file.version_id, width=width, height=height)
        case flaw:
            return replace(upload, state=State.REFUSED, reason=flaw)
