"""AWS's event stream encoding (application/vnd.amazon.eventstream): messages that arrive in pieces of any size.

A message is: its length and that of its headers (4 bytes each, big-endian), the CRC-32 of those 8 bytes, the headers,
the payload, the CRC-32 of all before it. A header is: length of the name (1 byte), name, type (1 byte), value.
"""

import struct
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from uuid import UUID
from zlib import crc32

_PRELUDE = struct.Struct("!III")
_CRC = struct.Struct("!I")
_MOST_HEADER_BYTES = 128 * 1024
_MOST_PAYLOAD_BYTES = 24 * 1024 * 1024
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_TRUE, _FALSE, _BYTES, _TEXT, _TIME, _UUID = 0, 1, 6, 7, 8, 9
_WHOLE_NUMBERS = {2: struct.Struct("!b"), 3: struct.Struct("!h"), 4: struct.Struct("!i"), 5: struct.Struct("!q")}

type HeaderValue = bool | int | bytes | str | datetime | UUID


class Unreadable(Exception):
    """What came is no event stream, or was changed or cut on its way."""


@dataclass(frozen=True, slots=True)
class Event:
    headers: Mapping[str, HeaderValue]
    payload: bytes


def events(chunks: Iterable[bytes]) -> Iterator[Event]:
    """Each message as soon as it is whole. Raises Unreadable, after the messages before."""
    waiting = bytearray()
    for chunk in chunks:
        waiting += chunk
        while len(waiting) >= _PRELUDE.size:
            length, header_length = _lengths(waiting)
            if len(waiting) < length:
                break
            message = bytes(waiting[:length])
            del waiting[:length]
            yield _event(message, header_length)
    if waiting:
        raise Unreadable("it ends within a message")


def _lengths(begun: bytearray) -> tuple[int, int]:
    length, header_length, checksum = _PRELUDE.unpack_from(begun)
    if checksum != crc32(begun[: _PRELUDE.size - _CRC.size]):
        raise Unreadable("a message's lengths are not those that were sent")
    payload_length = length - header_length - _PRELUDE.size - _CRC.size
    if header_length > _MOST_HEADER_BYTES or not 0 <= payload_length <= _MOST_PAYLOAD_BYTES:
        raise Unreadable("a message's lengths make no sense")
    return length, header_length


def _event(message: bytes, header_length: int) -> Event:
    (checksum,) = _CRC.unpack_from(message, len(message) - _CRC.size)
    if checksum != crc32(message[: -_CRC.size]):
        raise Unreadable("a message is not as it was sent")
    payload_at = _PRELUDE.size + header_length
    return Event(_headers(message[_PRELUDE.size : payload_at]), message[payload_at : -_CRC.size])


@lru_cache(maxsize=64)  # nearly all events of a stream have the same
def _headers(block: bytes) -> Mapping[str, HeaderValue]:
    headers: dict[str, HeaderValue] = {}
    at = 0
    try:
        while at < len(block):
            name_end = at + 1 + block[at]
            name = block[at + 1 : name_end].decode()
            headers[name], at = _value(block, name_end)
    except (IndexError, struct.error, ValueError, OverflowError) as error:
        raise Unreadable("its headers are no headers") from error
    if at != len(block):
        raise Unreadable("its headers are cut")
    return headers


def _value(block: bytes, at: int) -> tuple[HeaderValue, int]:
    """The value whose type stands at `at`, and where it ends."""
    type_, at = block[at], at + 1
    if type_ in (_TRUE, _FALSE):
        return type_ == _TRUE, at
    if number := _WHOLE_NUMBERS.get(type_):
        return number.unpack_from(block, at)[0], at + number.size
    if type_ in (_BYTES, _TEXT):
        end = at + 2 + int.from_bytes(block[at : at + 2])
        value = block[at + 2 : end]
        return value.decode() if type_ == _TEXT else value, end
    if type_ == _TIME:
        return _EPOCH + timedelta(milliseconds=struct.unpack_from("!q", block, at)[0]), at + 8
    if type_ == _UUID:
        return UUID(bytes=block[at : at + 16]), at + 16
    raise ValueError("a type that nobody knows")
