"""Whether the bytes of an upload are the picture that they are said to be.

A picture's outline is read, not its pixels: its first bytes, its parts up to its end, and its size. So nothing is
decoded here, and what a browser might take for a page is found wherever it hides.
"""

import re
import zlib
from collections.abc import Iterator
from enum import StrEnum

MOST_BYTES = 5_000_000
MOST_PIXELS = 50_000_000
"""What half of our customers' telephones can still hold once it is unpacked: 200 MB."""

# Only as a tag's beginning: in five megabytes of noise, shorter ones turn up by chance.
_MARKUP = re.compile(
    rb"<(?:!doctype\s+html|script|iframe|object|embed|style|html[\s>]|head[\s>]|body[\s>]|svg[\s>]|\?php|%@)",
    re.IGNORECASE,
)
_PNG_BEGINS = b"\x89PNG\r\n\x1a\n"
_JPEG_SIZES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})  # markers of frames, which tell height and width
_JPEG_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})  # markers without a segment


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


class _Broken(Exception):
    """The outline cannot be followed."""


def refusal_of(content_type: str, content: bytes) -> Refusal | None:
    """Why these bytes may not be shown as a picture of this type; None where they may."""
    if len(content) > MOST_BYTES:
        return Refusal.TOO_LARGE
    if content_type not in set(PictureType):
        return Refusal.UNKNOWN_TYPE
    if type_of(content) != content_type:
        return Refusal.OTHER_TYPE
    if _MARKUP.search(content):
        return Refusal.MARKUP
    try:
        width, height = _SIZE_OF[PictureType(content_type)](content)
    except (_Broken, IndexError):
        return Refusal.BROKEN
    if not width or not height:
        return Refusal.BROKEN
    return Refusal.TOO_MANY_PIXELS if width * height > MOST_PIXELS else None


def type_of(content: bytes) -> PictureType | None:
    """By its first bytes; None for anything that the shop does not show."""
    if content.startswith(_PNG_BEGINS):
        return PictureType.PNG
    if content.startswith(b"\xff\xd8\xff"):
        return PictureType.JPEG
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return PictureType.WEBP
    return None


def _png_size(content: bytes) -> tuple[int, int]:
    """Every chunk with its sum, from IHDR to an IEND that ends the file."""
    at, names = len(_PNG_BEGINS), []
    while at < len(content):
        length, name = _number(content, at, 4), content[at + 4 : at + 8]
        end = at + 12 + length
        if end > len(content) or zlib.crc32(content[at + 4 : end - 4]) != _number(content, end - 4, 4):
            raise _Broken
        names.append(name)
        at = end
    if names[:1] != [b"IHDR"] or names[-1:] != [b"IEND"] or names.count(b"IEND") > 1 or b"IDAT" not in names:
        raise _Broken
    return _number(content, 16, 4), _number(content, 20, 4)


def _jpeg_size(content: bytes) -> tuple[int, int]:
    """The segments up to the first scan, and a marker of the end; cameras write more behind it."""
    size = None
    for marker, start, end in _jpeg_segments(content):
        if marker in _JPEG_SIZES:
            size = _number(content, start + 3, 2), _number(content, start + 1, 2)
        if marker == 0xDA:
            if size is None or b"\xff\xd9" not in content[end:]:
                raise _Broken
            return size
    raise _Broken


def _jpeg_segments(content: bytes) -> Iterator[tuple[int, int, int]]:
    """Each segment's marker, and where its data begins and ends."""
    at = 2
    while True:
        if content[at] != 0xFF:
            raise _Broken
        while content[at] == 0xFF:  # as many as the writer likes
            at += 1
        marker = content[at]
        at += 1
        if marker in _JPEG_ALONE:
            continue
        end = at + _number(content, at, 2)
        if end > len(content) or end < at + 2:
            raise _Broken
        yield marker, at + 2, end
        at = end


def _webp_size(content: bytes) -> tuple[int, int]:
    """Every chunk to the end that the file announces, which is the end of the file."""
    if int.from_bytes(content[4:8], "little") + 8 != len(content):
        raise _Broken
    at, size = 12, None
    while at < len(content):
        name, length = content[at : at + 4], int.from_bytes(content[at + 4 : at + 8], "little")
        start, end = at + 8, at + 8 + length
        if end > len(content):
            raise _Broken
        size = size or _webp_chunk_size(name, content[start:end])
        at = end + length % 2
    if size is None:
        raise _Broken
    return size


def _webp_chunk_size(name: bytes, data: bytes) -> tuple[int, int] | None:
    """Width and height, where the chunk tells them: the first one does."""
    if name == b"VP8X" and len(data) >= 10:
        return 1 + int.from_bytes(data[4:7], "little"), 1 + int.from_bytes(data[7:10], "little")
    if name == b"VP8L" and len(data) >= 5 and data[0] == 0x2F:
        bits = int.from_bytes(data[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if name == b"VP8 " and len(data) >= 10 and data[3:6] == b"\x9d\x01\x2a":
        return int.from_bytes(data[6:8], "little") & 0x3FFF, int.from_bytes(data[8:10], "little") & 0x3FFF
    return None


def _number(content: bytes, at: int, length: int) -> int:
    if at + length > len(content):
        raise _Broken
    return int.from_bytes(content[at : at + length], "big")


_SIZE_OF = {PictureType.PNG: _png_size, PictureType.JPEG: _jpeg_size, PictureType.WEBP: _webp_size}
