"""What admins receive about the images of a product."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from commerce.catalogue.answers import image_answer
from commerce.images.domain.images import ImageState, ProductImage
from commerce.images.domain.pictures import Flaw
from commerce.images.domain.uploads import NoRoom, Reason

_REASONS: dict[Reason, str] = {
    Flaw.TOO_LARGE: "The file is larger than 5 MB. Upload a smaller one, with a new form.",
    Flaw.OTHER_TYPE: "The file is not of the form's type. Upload JPEG, PNG, WebP, GIF or AVIF with its own form.",
    Flaw.BROKEN: "The file is damaged or incomplete. Save the picture again with an image editor, then upload that.",
    Flaw.TOO_MANY_PIXELS: "The picture has more than 50 million pixels. Scale it down, then upload it with a new form.",
    Flaw.UNREADABLE: "The picture could not be read. Save it as JPEG or PNG with an image editor, then upload that.",
    NoRoom.ARCHIVED: "The product is archived. Make it active or a draft, then upload the picture again.",
    NoRoom.FULL: "The product has ten images already. Remove one, then upload the picture again.",
}


@dataclass(frozen=True, slots=True)
class ProductImageAnswer:
    """`url`, `urls` by width, `width` and `height` (pixels) if it is shown; `reason` if it was refused."""

    image_id: str
    state: ImageState
    reason: str | None
    alt: str
    url: str | None
    urls: Mapping[str, str] | None
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
        return ProductImageAnswer(of.image_id, of.state, reason, of.alt, None, None, None, None)
    shown = image_answer(of.image, images_url)
    return ProductImageAnswer(of.image_id, of.state, reason, of.alt, shown.url, shown.urls, shown.width, shown.height)
