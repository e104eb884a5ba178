"""Whether the bytes of an upload are the picture that they are said to be.

A picture's outline is read, not its pixels: its first bytes, its parts up to its end, and its size. So nothing is
decoded here, and what a browser might take for a page is found wherever it hides.
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
"""What half of our customers' telephones can still hold once it is unpacked: 200 MB."""

# Only as a tag's beginning: in five megabytes of noise, shorter ones turn up by chance.
_MARKUP = re.compile(
    rb"<(?:!doctype\s+html|script|iframe|object|embed|style|html[\s>]|head[\s>]|body[\s>]|svg[\s>]|\?php|%@)",
    re.IGNORECASE,
)
_IHDR_BYTES = 13
_WEBP_PICTURES = frozenset({b"VP8 ", b"VP8L", b"ANMF"})
_JPEG_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})  # markers; a frame tells height and width


class PictureType(StrEnum):
    """What browsers show, and what holds no scripts: no SVG."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"

    @property
    def extension(self) -> str:
        return {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}[self.value]


class Refusal(StrEnum):
    """Why an upload is no picture for the shop."""

    TOO_LARGE = "it is larger than 5 MB"
    UNKNOWN_TYPE = "it is said to be no JPEG, PNG or WebP"
    OTHER_TYPE = "it is not what it is said to be"
    BROKEN = "it breaks off, or goes on behind its end"
    TOO_MANY_PIXELS = "it has more than 50 million pixels"
    MARKUP = "it holds a page or a script"


def refusal_of(content_type: str, content: bytes) -> Refusal | None:
    """Why these bytes may not be shown as a picture of this type; None where they may."""
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
    """By its first bytes; None for anything that the shop does not show."""
    if content.startswith(PNG_BEGINS):
        return PictureType.PNG
    if content.startswith(JPEG_BEGINS + b"\xff"):
        return PictureType.JPEG
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return PictureType.WEBP
    return None


def _png_size(content: bytes) -> tuple[int, int]:
    """Of IHDR, the first chunk; the last one is IEND."""
    parts = list(png_parts(content))
    names = [part.name for part in parts]
    if names[:1] != [b"IHDR"] or names[-1:] != [b"IEND"] or b"IDAT" not in names or len(parts[0].data) != _IHDR_BYTES:
        raise Broken
    if names.count(b"IHDR") > 1 or names.count(b"IEND") > 1:
        raise Broken
    return int.from_bytes(parts[0].data[:4]), int.from_bytes(parts[0].data[4:8])


def _jpeg_size(content: bytes) -> tuple[int, int]:
    """Of the first frame, which a scan has to follow."""
    size, has_pixels = None, False
    for marker, data, _ in jpeg_parts(content):
        if marker in _JPEG_FRAMES and size is None:
            size = int.from_bytes(data[3:5]), int.from_bytes(data[1:3])
        has_pixels = has_pixels or (marker == SCAN and size is not None)
    if size is None or not has_pixels:
        raise Broken
    return size


def _webp_size(content: bytes) -> tuple[int, int]:
    """The largest that any chunk tells."""
    parts = list(webp_parts(content))
    sizes = filter(None, (_webp_chunk_size(part.name, part.data) for part in parts))
    largest = max(sizes, key=math.prod, default=None)
    if largest is None or not any(part.name in _WEBP_PICTURES for part in parts):
        raise Broken
    return largest


def _webp_chunk_size(name: bytes, data: bytes) -> tuple[int, int] | None:
    """Width and height, where the chunk tells them."""
    if name == b"VP8X" and len(data) >= 10:
        return 1 + int.from_bytes(data[4:7], "little"), 1 + int.from_bytes(data[7:10], "little")
    if name == b"VP8L" and len(data) >= 5 and data[0] == 0x2F:
        bits = int.from_bytes(data[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if name == b"VP8 " and len(data) >= 10 and data[3:6] == b"\x9d\x01\x2a":
        return int.from_bytes(data[6:8], "little") & 0x3FFF, int.from_bytes(data[8:10], "little") & 0x3FFF
    return None


_SIZE_OF = {PictureType.PNG: _png_size, PictureType.JPEG: _jpeg_size, PictureType.WEBP: _webp_size}
