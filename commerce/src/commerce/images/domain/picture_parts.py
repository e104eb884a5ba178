"""Splits pictures into their parts, without decoding pixels."""

import re
import zlib
from collections.abc import Iterator
from typing import NamedTuple

PNG_BEGINS, JPEG_BEGINS = b"\x89PNG\r\n\x1a\n", b"\xff\xd8"
SCAN, END = 0xDA, 0xD9  # markers of a JPEG

_RIFF_HEADER_BYTES, _ANMF_HEADER_BYTES = 12, 16
_ALONE = frozenset({0x01, END, *range(0xD0, 0xD8)})  # markers without data
_END_OF_SCAN = re.compile(rb"\xff(?![\x00\xd0-\xd7\xff])")  # stuffed bytes, restarts and fillers belong to a scan


class Broken(Exception):
    """The parts do not lead to the end of the picture."""


class Part[T](NamedTuple):
    """`whole` is the part as it is in the file, `data` its content."""

    name: T
    data: bytes
    whole: bytes


class Parts[T](NamedTuple):
    """A picture's parts to its end, and what follows in the file: nothing, or what no viewer reads."""

    parts: tuple[Part[T], ...]
    trailer: bytes


def png_parts(content: bytes) -> Parts[bytes]:
    """All chunks, with verified checksums, to IEND. Raises Broken."""
    return _to_the_end(_chunks_of_png(content), content, len(PNG_BEGINS))


def jpeg_parts(content: bytes) -> Parts[int]:
    """All segments, by marker, to the end marker. Raises Broken.

    The pixels of a scan are part of its `whole`, not of its `data`.
    """
    return _to_the_end(_segments_of_jpeg(content), content, len(JPEG_BEGINS))


def webp_parts(content: bytes) -> Parts[bytes]:
    """All chunks to the declared end. Raises Broken."""
    end = 8 + int.from_bytes(content[4:8], "little")
    if end > len(content):
        raise Broken
    return Parts(tuple(_chunks_of_riff(content[_RIFF_HEADER_BYTES:end])), content[end:])


def anmf_parts(data: bytes) -> tuple[bytes, tuple[Part[bytes], ...]]:
    """The header of a frame of an animated WebP, and its chunks. Raises Broken."""
    if len(data) < _ANMF_HEADER_BYTES:
        raise Broken
    return data[:_ANMF_HEADER_BYTES], tuple(_chunks_of_riff(data[_ANMF_HEADER_BYTES:]))


def _to_the_end[T](parts: Iterator[Part[T]], content: bytes, begin: int) -> Parts[T]:
    found = tuple(parts)
    return Parts(found, content[begin + sum(len(part.whole) for part in found) :])


def _chunks_of_png(content: bytes) -> Iterator[Part[bytes]]:
    at, name = len(PNG_BEGINS), b""
    while name != b"IEND":
        length, name = _number(content, at, 4), content[at + 4 : at + 8]
        end = at + 12 + length
        if end > len(content) or zlib.crc32(content[at + 4 : end - 4]) != _number(content, end - 4, 4):
            raise Broken
        yield Part(name, content[at + 8 : end - 4], content[at:end])
        at = end


def _segments_of_jpeg(content: bytes) -> Iterator[Part[int]]:
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


def _chunks_of_riff(content: bytes) -> Iterator[Part[bytes]]:
    at = 0
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
