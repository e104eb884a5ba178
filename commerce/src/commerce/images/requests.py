"""What admins send about images."""

from typing import Annotated, Literal

from pydantic import Field

from commerce.images.domain.gallery import WantedImage
from commerce.images.domain.pictures import MAX_BYTES, PictureType
from shared.http.fields import Body, Line


class OfferImage(Body):
    """`size` is the maximum in bytes; `alt` describes the picture."""

    MAX_BODY_BYTES = 8 * 1024

    content_type: Literal["image/jpeg", "image/png", "image/webp"]
    size: Annotated[int, Field(ge=1, le=MAX_BYTES)]
    alt: Annotated[str, Line(250)]

    def to_wanted(self) -> WantedImage:
        return WantedImage(PictureType(self.content_type), self.size, self.alt)
