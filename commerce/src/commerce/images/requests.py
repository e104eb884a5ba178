"""What admins send about images."""

from typing import Annotated, Literal

from pydantic import Field

from commerce.images.domain.gallery import WantedImage
from commerce.images.domain.images import MAX_IMAGES
from commerce.images.domain.pictures import MAX_BYTES, PictureType
from shared.http.fields import NOT_NULL, Body, Line, Version


class OrderImages(Body):
    """All images of the product, the first one first. With a `version`, only if it is the product's current one."""

    MAX_BODY_BYTES = 8 * 1024

    image_ids: Annotated[list[Annotated[str, Line(64)]], Field(max_length=MAX_IMAGES)]
    version: Annotated[Version | None, NOT_NULL] = None


class ChangeImage(Body):
    """`alt` describes the picture. With a `version`, only if it is the product's current one."""

    MAX_BODY_BYTES = 8 * 1024

    alt: Annotated[str, Line(250)]
    version: Annotated[Version | None, NOT_NULL] = None


class OfferImage(Body):
    """`size` is the maximum in bytes; `alt` describes the picture."""

    MAX_BODY_BYTES = 8 * 1024

    content_type: Literal["image/jpeg", "image/png", "image/webp", "image/gif", "image/avif"]
    size: Annotated[int, Field(ge=1, le=MAX_BYTES)]
    alt: Annotated[str, Line(250)]

    def to_wanted(self) -> WantedImage:
        return WantedImage(PictureType(self.content_type), self.size, self.alt)
