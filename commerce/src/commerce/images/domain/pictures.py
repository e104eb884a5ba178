"""Checks that the bytes of an upload are a picture of the declared type.

Only the structure is read, from the first bytes to the end: pixels are never decoded. Markup is looked for where text
can be, as some browsers would run it: in metadata, colour profiles, unknown parts, and after the picture's end. Not in
compressed pixels: in five megabytes of them, any short pattern appears by chance.
"""

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from commerce.images.domain.exif import EXIF_MARKER, orientation_in
from commerce.images.domain.picture_parts import (
    JPEG_BEGINS,
    PNG_BEGINS,
    SCAN,
    Broken,
    Part,
    anmf_parts,
    jpeg_parts,
    png_parts,
    webp_parts,
)

MAX_BYTES = 5_000_000
MAX_PIXELS = 50_000_000
"""Decoded, 200 MB: what most phones can hold."""

# Whole tag names: shorter patterns appear by chance in the numbers of colour profiles.
_MARKUP = re.compile(
    rb"<(?:!doctype\s+html|script|iframe|object|embed|style|html[\s>]|head[\s>]|body[\s>]|svg[\s>]|\?php"
    rb"|%@\s*(?:[a-z]+\s+)?[a-z]+\s*=)",
    re.IGNORECASE,
)
_IHDR_BYTES, _VP8X_BYTES = 13, 10
_PNG_PIXELS = frozenset({b"IDAT", b"fdAT"})
_PNG_NAMED = frozenset({b"iCCP", b"zTXt"})  # compressed, after a name that ends with a zero
_WEBP_PIXELS = frozenset({b"VP8 ", b"VP8L", b"ALPH"})
_WEBP_PICTURES = frozenset({b"VP8 ", b"VP8L", b"ANMF"})
_JPEG_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})  # markers; a frame has height and width
_ON_ITS_SIDE = range(5, 9)  # orientations


class PictureType(StrEnum):
    """What browsers display without running scripts: no SVG."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"

    @property
    def extension(self) -> str:
        return {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}[self.value]


class Flaw(StrEnum):
    """What is wrong with an upload."""

    TOO_LARGE = "too-large"
    OTHER_TYPE = "other-type"
    BROKEN = "broken"
    TOO_MANY_PIXELS = "too-many-pixels"
    MARKUP = "markup"


@dataclass(frozen=True, slots=True)
class Picture:
    """Its size in pixels, as it is displayed."""

    type: PictureType
    width: int
    height: int


def inspect_picture(type_: PictureType, content: bytes) -> Picture | Flaw:
    """Whether these bytes are accepted as a picture of this type."""
    if len(content) > MAX_BYTES:
        return Flaw.TOO_LARGE
    if type_of(content) is not type_:
        return Flaw.OTHER_TYPE
    try:
        (width, height), texts = _READ[type_](content)
    except Broken:
        return Flaw.BROKEN
    if any(map(_MARKUP.search, texts)):
        return Flaw.MARKUP
    if not width or not height:
        return Flaw.BROKEN
    return Flaw.TOO_MANY_PIXELS if width * height > MAX_PIXELS else Picture(type_, width, height)


def type_of(content: bytes) -> PictureType | None:
    """By the first bytes; None for any other type."""
    if content.startswith(PNG_BEGINS):
        return PictureType.PNG
    if content.startswith(JPEG_BEGINS + b"\xff"):
        return PictureType.JPEG
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return PictureType.WEBP
    return None


type _Size = tuple[int, int]


def _png(content: bytes) -> tuple[_Size, list[bytes]]:
    """The size is that of the first chunk, IHDR; the last one is IEND."""
    parts, trailer = png_parts(content)
    names = [part.name for part in parts]
    if names[0] != b"IHDR" or names.count(b"IHDR") > 1 or b"IDAT" not in names or len(parts[0].data) != _IHDR_BYTES:
        raise Broken
    texts = [
        part.data.partition(b"\0")[0] if part.name in _PNG_NAMED else part.data
        for part in parts
        if part.name not in _PNG_PIXELS
    ]
    return (int.from_bytes(parts[0].data[:4]), int.from_bytes(parts[0].data[4:8])), [*texts, trailer]


def _jpeg(content: bytes) -> tuple[_Size, list[bytes]]:
    """The size is that of the first frame, which a scan has to follow."""
    parts, trailer = jpeg_parts(content)
    size, has_pixels, orientation = None, False, 1
    for marker, data, _ in parts:
        if marker in _JPEG_FRAMES and size is None:
            size = int.from_bytes(data[3:5]), int.from_bytes(data[1:3])
        has_pixels = has_pixels or (marker == SCAN and size is not None)
        if marker == EXIF_MARKER:
            orientation = orientation_in(data) or orientation
    if size is None or not has_pixels:
        raise Broken
    width, height = reversed(size) if orientation in _ON_ITS_SIDE else size
    return (width, height), [*(part.data for part in parts), trailer]


def _webp(content: bytes) -> tuple[_Size, list[bytes]]:
    """The size is the largest of all chunks."""
    parts, trailer = webp_parts(content)
    largest = max(_webp_sizes(parts), key=math.prod, default=None)
    if largest is None or not any(part.name in _WEBP_PICTURES for part in parts):
        raise Broken
    return largest, [*_webp_texts(parts), trailer]


def _webp_texts(parts: Iterable[Part[bytes]]) -> Iterator[bytes]:
    for name, data, _ in parts:
        if name == b"ANMF":
            yield from _webp_texts(anmf_parts(data)[1])
        elif name not in _WEBP_PIXELS:
            yield data


def _webp_sizes(parts: Iterable[Part[bytes]]) -> Iterator[_Size]:
    """Width and height of each chunk that has them. Raises Broken."""
    for name, data, _ in parts:
        if name == b"VP8X":
            if len(data) < _VP8X_BYTES:
                raise Broken
            yield 1 + int.from_bytes(data[4:7], "little"), 1 + int.from_bytes(data[7:10], "little")
        elif name == b"VP8L" and len(data) >= 5 and data[0] == 0x2F:
            bits = int.from_bytes(data[1:5], "little")
            yield 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
        elif name == b"VP8 " and len(data) >= 10 and data[3:6] == b"\x9d\x01\x2a":
            yield int.from_bytes(data[6:8], "little") & 0x3FFF, int.from_bytes(data[8:10], "little") & 0x3FFF
        elif name == b"ANMF":
            yield from _webp_sizes(anmf_parts(data)[1])


_READ = {PictureType.PNG: _png, PictureType.JPEG: _jpeg, PictureType.WEBP: _webp}
