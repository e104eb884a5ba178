"""Where pictures are kept: uploads until their inspection, and images for everybody."""

from dataclasses import dataclass
from typing import Protocol

from commerce.images.domain.pictures import PictureType
from shared.s3.upload_form import UploadForm


@dataclass(frozen=True, slots=True)
class WantedImage:
    """A picture that an admin wants to upload. `alt` describes it."""

    type: PictureType
    size_bytes: int
    alt: str


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """`version_id` identifies its bytes: the same form may be posted several times."""

    product_id: str
    image_id: str
    size_bytes: int
    version_id: str


class Gallery(Protocol):
    """Every method raises Unavailable."""

    def form(self, product_id: str, image_id: str, wanted: WantedImage, expires_in_seconds: int) -> UploadForm:
        """A local computation."""
        ...

    def uploaded(self, product_id: str, image_id: str) -> UploadedFile | None:
        """The latest that has not been discarded."""
        ...

    def uploaded_ids(self, product_id: str) -> frozenset[str]:
        """The images of which a file has not been discarded."""
        ...

    def content(self, file: UploadedFile) -> bytes | None:
        """None if it no longer exists."""
        ...

    def show(self, key: str, content: bytes, content_type: str) -> None:
        """Write an image, unless the key is taken."""
        ...

    def take_down(self, keys: tuple[str, ...]) -> None:
        """Delete images; missing ones are ignored."""
        ...

    def discard(self, file: UploadedFile) -> None:
        """Delete this version of an upload, if it still exists."""
        ...
