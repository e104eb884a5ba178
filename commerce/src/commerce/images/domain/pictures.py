"""What may be uploaded as a picture, and what is made of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

MAX_BYTES = 5_000_000
MAX_PIXELS = 50_000_000
"""Decoded, 200 MB: what most phones can hold, and the function that decodes it."""


class PictureType(StrEnum):
    """What can be decoded. No SVG, which may have scripts, and no HEIC, which needs a licensed decoder."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"
    GIF = "image/gif"
    AVIF = "image/avif"


class Flaw(StrEnum):
    """What is wrong with an upload."""

    TOO_LARGE = "too-large"
    OTHER_TYPE = "other-type"
    BROKEN = "broken"
    TOO_MANY_PIXELS = "too-many-pixels"
    UNREADABLE = "unreadable"
    """The inspection broke off on it, several times."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """`width` and `height`, in pixels, are those of the upload, upright. `files` has WebPs by their width's name."""

    width: int
    height: int
    files: Mapping[int, bytes]


class Renderer(Protocol):
    def render(self, type_: PictureType, content: bytes) -> Rendered | Flaw:
        """The picture of this type, upright, in colours of the web, without metadata and with nothing but pixels.

        Whatever the bytes are, this returns; the same bytes give the same files.
        """
        ...


def type_of(content: bytes) -> PictureType | None:
    """By the first bytes; None for any other type."""
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return PictureType.PNG
    if content.startswith(b"\xff\xd8\xff"):
        return PictureType.JPEG
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return PictureType.WEBP
    if content.startswith((b"GIF87a", b"GIF89a")):
        return PictureType.GIF
    brands = content[8 : min(int.from_bytes(content[:4]), 64)] if content[4:8] == b"ftyp" else b""
    return PictureType.AVIF if b"avif" in brands or b"avis" in brands else None
