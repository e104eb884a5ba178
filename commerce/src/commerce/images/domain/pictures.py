"""Checks that the bytes of an upload are a picture of the declared type.

Only the structure is read, from the first bytes to the end: pixels are never decoded. Markup is found anywhere, as some
browsers would run it.
"""

import math
import re
from enum import StrEnum

from commerce.images.domain.picture_parts import (
    JPEG_BEGINS,
    PNG_BEGINS,
    SCAN,
    Broken,
    jpeg_parts,
    png_parts,
    webp_parts,
)

MAX_BYTES = 5_000_000
MAX_PIXELS = 50_000_000
"""Decoded, 200 MB: what most phones can hold."""

# Whole tag names: shorter patterns appear by chance in five megabytes of pixels.
_MARKUP = re.compile(
    rb"<(?:!doctype\s+html|script|iframe|object|embed|style|html[\s>]|head[\s>]|body[\s>]|svg[\s>]|\?php|%@)",
    re.IGNORECASE,
)
_IHDR_BYTES = 13
_WEBP_PICTURES = frozenset({b"VP8 ", b"VP8L", b"ANMF"})
_JPEG_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})  # markers; a frame has height and width


class PictureType(StrEnum):
    """What browsers display without running scripts: no SVG."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"

    @property
    def extension(self) -> str:
        return {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}[self.value]


class Refusal(StrEnum):
    """Why an upload is rejected."""

    TOO_LARGE = "larger than 5 MB"
    UNKNOWN_TYPE = "not declared as JPEG, PNG or WebP"
    OTHER_TYPE = "not of the declared type"
    BROKEN = "truncated, or longer than its structure says"
    TOO_MANY_PIXELS = "more than 50 million pixels"
    MARKUP = "contains HTML or a script"


def refusal_of(content_type: str, content: bytes) -> Refusal | None:
    """Why these bytes are rejected as a picture of this type; None if they are accepted."""
    if len(content) > MAX_BYTES:
        return Refusal.TOO_LARGE
    if content_type not in set(PictureType):
        return Refusal.UNKNOWN_TYPE
    if type_of(content) != content_type:
        return Refusal.OTHER_TYPE
    if _MARKUP.search(content):
        return Refusal.MARKUP
    try:
        width, height = _SIZE_OF[PictureType(content_type)](content)
    except Broken:
        return Refusal.BROKEN
    if not width or not height:
        return Refusal.BROKEN
    return Refusal.TOO_MANY_PIXELS if width * height > MAX_PIXELS else None


def type_of(content: bytes) -> PictureType | None:
    """By the first bytes; None for any other type."""
    if content.startswith(PNG_BEGINS):
        return PictureType.PNG
    if content.startswith(JPEG_BEGINS + b"\xff"):
        return PictureType.JPEG
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return PictureType.WEBP
    return None


def _png_size(content: bytes) -> tuple[int, int]:
    """From the first chunk, IHDR; the last one is IEND."""
    parts = list(png_parts(content))
    names = [part.name for part in parts]
    if names[:1] != [b"IHDR"] or names[-1:] != [b"IEND"] or b"IDAT" not in names or len(parts[0].data) != _IHDR_BYTES:
        raise Broken
    if names.count(b"IHDR") > 1 or names.count(b"IEND") > 1:
        raise Broken
    return int.from_bytes(parts[0].data[:4]), int.from_bytes(parts[0].data[4:8])


def _jpeg_size(content: bytes) -> tuple[int, int]:
    """From the first frame, which a scan has to follow."""
    size, has_pixels = None, False
    for marker, data, _ in jpeg_parts(content):
        if marker in _JPEG_FRAMES and size is None:
            size = int.from_bytes(data[3:5]), int.from_bytes(data[1:3])
        has_pixels = has_pixels or (marker == SCAN and size is not None)
    if size is None or not has_pixels:
        raise Broken
    return size


def _webp_size(content: bytes) -> tuple[int, int]:
    """The largest of all chunks."""
    parts = list(webp_parts(content))
    sizes = filter(None, (_webp_chunk_size(part.name, part.data) for part in parts))
    largest = max(sizes, key=math.prod, default=None)
    if largest is None or not any(part.name in _WEBP_PICTURES for part in parts):
        raise Broken
    return largest


def _webp_chunk_size(name: bytes, data: bytes) -> tuple[int, int] | None:
    """Width and height, if the chunk has them."""
    if name == b"VP8X" and len(data) >= 10:
        return 1 + int.from_bytes(data[4:7], "little"), 1 + int.from_bytes(data[7:10], "little")
    if name == b"VP8L" and len(data) >= 5 and data[0] == 0x2F:
        bits = int.from_bytes(data[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if name == b"VP8 " and len(data) >= 10 and data[3:6] == b"\x9d\x01\x2a":
        return int.from_bytes(data[6:8], "little") & 0x3FFF, int.from_bytes(data[8:10], "little") & 0x3FFF
    return None


_SIZE_OF = {PictureType.PNG: _png_size, PictureType.JPEG: _jpeg_size, PictureType.WEBP: _webp_size}
