import json
from typing import Any

import pytest
from botocore.eventstream import ChecksumMismatch, EventStreamBuffer
from hypothesis import given
from hypothesis import strategies as st

from local.model import event_stream
from local.model.errors import ThrottlingException


def parse(data: bytes) -> list[Any]:
    buffer = EventStreamBuffer()
    buffer.add_data(data)
    return list(buffer)


@given(
    st.lists(st.dictionaries(st.text(st.characters(codec="utf-8")), st.text(st.characters(codec="utf-8"))), max_size=3)
)
def test_frames_are_what_botocore_reads(payloads: list[dict[str, str]]) -> None:
    messages = parse(b"".join(event_stream.event("contentBlockDelta", payload) for payload in payloads))
    assert [json.loads(message.payload) for message in messages] == payloads
    for message in messages:
        assert message.headers[":event-type"] == "contentBlockDelta"
        assert message.headers[":message-type"] == "event"


def test_an_exception_names_its_type_as_a_member_of_the_stream() -> None:
    (message,) = parse(event_stream.exception(ThrottlingException("Wait.")))
    assert message.headers[":message-type"] == "exception"
    assert message.headers[":exception-type"] == "throttlingException"
    assert json.loads(message.payload) == {"message": "Wait."}


def test_a_changed_frame_does_not_pass_its_checksum() -> None:
    frame = bytearray(event_stream.event("messageStop", {"stopReason": "end_turn"}))
    frame[-6] ^= 1
    with pytest.raises(ChecksumMismatch):
        parse(bytes(frame))
