"""Splits pictures into their parts, without decoding pixels."""

import re
import zlib
from collections.abc import Iterator
from typing import NamedTuple

PNG_BEGINS, JPEG_BEGINS = b"\x89PNG\r\n\x1a\n", b"\xff\xd8"
SCAN, END = 0xDA, 0xD9  # markers of a JPEG

_ALONE = frozenset({0x01, END, *range(0xD0, 0xD8)})  # markers without data
_END_OF_SCAN = re.compile(rb"\xff(?![\x00\xd0-\xd7\xff])")  # stuffed bytes, restarts and fillers belong to a scan


class Broken(Exception):
    """The parts do not lead to the end of the picture."""


class Part[T](NamedTuple):
    """`whole` is the part as it is in the file, `data` its content."""

    name: T
    data: bytes
    whole: bytes


def png_parts(content: bytes) -> Iterator[Part[bytes]]:
    """All chunks, with verified checksums, to the end of the file. Raises Broken."""
    at = len(PNG_BEGINS)
    while at < len(content):
        length, name = _number(content, at, 4), content[at + 4 : at + 8]
        end = at + 12 + length
        if end > len(content) or zlib.crc32(content[at + 4 : end - 4]) != _number(content, end - 4, 4):
            raise Broken
        yield Part(name, content[at + 8 : end - 4], content[at:end])
        at = end


def jpeg_parts(content: bytes) -> Iterator[Part[int]]:
    """All segments, by marker, to the end marker: cameras may write more after it. Raises Broken.

    The pixels of a scan are part of its `whole`.
    """
    at, marker = len(JPEG_BEGINS), 0
    while marker != END:
        begin = at
        if _number(content, at, 1) != 0xFF:
            raise Broken
        while _number(content, at, 1) == 0xFF:  # fill bytes
            at += 1
        marker = content[at]
        at += 1
        data = at
        if marker not in _ALONE:
            data, at = at + 2, at + max(2, _number(content, at, 2))
        if at > len(content):
            raise Broken
        payload = content[data:at]
        if marker == SCAN:
            following = _END_OF_SCAN.search(content, at)
            if following is None:
                raise Broken
            at = following.start()
        yield Part(marker, payload, content[begin:at])


def webp_parts(content: bytes) -> Iterator[Part[bytes]]:
    """All chunks to the end of the file, which has to be the declared one. Raises Broken."""
    if int.from_bytes(content[4:8], "little") + 8 != len(content):
        raise Broken
    at = 12
    while at < len(content):
        name, length = content[at : at + 4], int.from_bytes(content[at + 4 : at + 8], "little")
        start, end = at + 8, at + 8 + length
        if end > len(content):
            raise Broken
        at = min(end + length % 2, len(content))
        yield Part(name, content[start:end], content[start - 8 : at])


def _number(content: bytes, at: int, length: int) -> int:
    if at + length > len(content):
        raise Broken
    return int.from_bytes(content[at : at + length], "big")
