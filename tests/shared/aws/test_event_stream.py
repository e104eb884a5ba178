import struct
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zlib import crc32

import pytest
from botocore.eventstream import EventStreamBuffer
from hypothesis import given
from hypothesis import strategies as st

from shared.aws.event_stream import Event, HeaderValue, Unreadable, events

names = st.text("abc:-é", min_size=1, max_size=20)
values: st.SearchStrategy[HeaderValue] = st.one_of(
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.binary(max_size=30),
    st.text(max_size=30),
    st.uuids(),
)
several = st.lists(st.builds(Event, st.dictionaries(names, values, max_size=5), st.binary(max_size=200)), max_size=5)

_TYPE_OF_SIZE = {1: 2, 2: 3, 4: 4, 8: 5}


def encoded(event: Event) -> bytes:
    block = b"".join(_header(name, value) for name, value in event.headers.items())
    prelude = struct.pack("!II", 16 + len(block) + len(event.payload), len(block))
    message = prelude + struct.pack("!I", crc32(prelude)) + block + event.payload
    return message + struct.pack("!I", crc32(message))


def _header(name: str, value: HeaderValue) -> bytes:
    match value:
        case bool():
            typed = bytes([0 if value else 1])
        case int():
            size = next(size for size in _TYPE_OF_SIZE if (value + (1 << 8 * size - 1)) >> 8 * size == 0)
            typed = bytes([_TYPE_OF_SIZE[size]]) + value.to_bytes(size, signed=True)
        case bytes():
            typed = struct.pack("!BH", 6, len(value)) + value
        case str():
            typed = struct.pack("!BH", 7, len(value.encode())) + value.encode()
        case datetime():
            typed = struct.pack("!Bq", 8, round(value.timestamp() * 1000))
        case UUID():
            typed = b"\x09" + value.bytes
    return bytes([len(name.encode())]) + name.encode() + typed


def cut(data: bytes, at: list[int]) -> Iterator[bytes]:
    """The data in pieces that end at these places."""
    start = 0
    for end in sorted({place % (len(data) + 1) for place in at} | {len(data)}):
        yield data[start:end]
        start = end


@given(several, st.lists(st.integers(0, 2000), max_size=10))
def test_messages_come_whole_however_they_are_cut(sent: list[Event], at: list[int]) -> None:
    assert list(events(cut(b"".join(map(encoded, sent)), at))) == sent


@given(several)
def test_messages_are_read_as_the_sdk_reads_them(sent: list[Event]) -> None:
    data = b"".join(map(encoded, sent))
    sdk: Any = EventStreamBuffer()
    sdk.add_data(data)

    by_sdk = [Event(message.headers, message.payload) for message in sdk]

    assert [Event(_as_the_sdk_says(event.headers), event.payload) for event in events([data])] == by_sdk


def _as_the_sdk_says(headers: Mapping[str, HeaderValue]) -> Mapping[str, HeaderValue]:
    return {name: value.bytes if isinstance(value, UUID) else value for name, value in headers.items()}


def test_time_in_a_header_is_read() -> None:
    at = datetime(2026, 11, 21, 12, 0, 0, 250_000, tzinfo=UTC)

    assert list(events([encoded(Event({"at": at}, b""))])) == [Event({"at": at}, b"")]


def test_message_is_given_as_soon_as_it_is_whole() -> None:
    first, second = encoded(Event({}, b"one")), encoded(Event({}, b"two"))
    taken: list[bytes] = []

    def chunks() -> Iterator[bytes]:
        yield first + second[:10]
        assert taken == [b"one"]
        yield second[10:]

    taken += (event.payload for event in events(chunks()))
    assert taken == [b"one", b"two"]


@given(st.binary(max_size=50), st.integers(0), st.integers(1, 255))
def test_message_with_a_wrong_byte_is_never_read(payload: bytes, place: int, flipped: int) -> None:
    message = bytearray(encoded(Event({":event-type": "x"}, payload)))
    message[place % len(message)] ^= flipped

    with pytest.raises(Unreadable):
        list(events([bytes(message)]))


@given(st.binary(max_size=50), st.integers(1))
def test_message_that_is_cut_is_never_read(payload: bytes, missing: int) -> None:
    message = encoded(Event({":event-type": "x"}, payload))

    with pytest.raises(Unreadable):
        list(events([message[: len(message) - 1 - missing % (len(message) - 1)]]))


@given(st.binary(min_size=1, max_size=200))
def test_noise_is_never_a_message(noise: bytes) -> None:
    with pytest.raises(Unreadable):
        list(events([noise]))


@pytest.mark.parametrize(
    "block",
    [b"\x05a", b"\x01a", b"\x01a\x0a", b"\x01a\x07\x00\x05x", b"\x01\xff\x00", b"\x01a\x05\x00", b"\x01a\x09x"],
    ids=["name cut", "no type", "unknown type", "text cut", "no text", "number cut", "id cut"],
)
def test_headers_that_make_no_sense_are_no_message(block: bytes) -> None:
    prelude = struct.pack("!II", 16 + len(block), len(block))
    message = prelude + struct.pack("!I", crc32(prelude)) + block

    with pytest.raises(Unreadable):
        list(events([message + struct.pack("!I", crc32(message))]))


@pytest.mark.parametrize(("length", "header_length"), [(15, 0), (16, 1), (2**32 - 1, 0), (2**20, 2**18)])
def test_lengths_that_make_no_sense_are_refused_before_anything_is_kept(length: int, header_length: int) -> None:
    prelude = struct.pack("!II", length, header_length)

    with pytest.raises(Unreadable):
        list(events([prelude + struct.pack("!I", crc32(prelude))]))
