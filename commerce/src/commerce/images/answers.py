"""What admins receive about the images of a product."""

from collections.abc import Iterable
from dataclasses import dataclass

from commerce.images.domain.images import ImageState, ProductImage
from commerce.images.domain.pictures import Flaw
from commerce.images.domain.uploads import NoRoom, Reason

_REASONS: dict[Reason, str] = {
    Flaw.TOO_LARGE: "The file is larger than 5 MB. Upload a smaller one, with a new form.",
    Flaw.OTHER_TYPE: "The file is not of the declared type. Upload it with a form for its own: JPEG, PNG or WebP.",
    Flaw.BROKEN: "The file is damaged or incomplete. Save the picture again with an image editor, then upload that.",
    Flaw.TOO_MANY_PIXELS: "The picture has more than 50 million pixels. Scale it down, then upload it with a new form.",
    Flaw.MARKUP: "The file contains HTML or a script beside the picture. Save it without metadata, then upload that.",
    NoRoom.ARCHIVED: "The product is archived. Make it active or a draft, then upload the picture again.",
    NoRoom.FULL: "The product has ten images already. Remove one, then upload the picture again.",
}


@dataclass(frozen=True, slots=True)
class ProductImageAnswer:
    """`url`, `width` and `height` (pixels) if it is shown; `reason` if it was refused."""

    image_id: str
    state: ImageState
    reason: str | None
    alt: str
    url: str | None
    width: int | None
    height: int | None


@dataclass(frozen=True, slots=True)
class ProductImagesAnswer:
    items: tuple[ProductImageAnswer, ...]


def product_images_answer(images: Iterable[ProductImage], images_url: str) -> ProductImagesAnswer:
    return ProductImagesAnswer(tuple(_answer(each, images_url) for each in images))


def _answer(of: ProductImage, images_url: str) -> ProductImageAnswer:
    reason = _REASONS[of.reason] if of.reason else None
    if of.image is None:
        return ProductImageAnswer(of.image_id, of.state, reason, of.alt, None, None, None)
    url = f"{images_url}/{of.image.key}"
    return ProductImageAnswer(of.image_id, of.state, reason, of.alt, url, of.image.width, of.image.height)
