"""Frames of AWS's event stream encoding (vnd.amazon.eventstream).

A frame consists of the total length and the length of the headers (4 bytes each, big-endian), the CRC-32 of those 8
bytes, the headers, the payload, and the CRC-32 of everything before. All headers here are strings: the length of the
name (1 byte), the name, the type 7, the length of the value (2 bytes), the value.
"""

import base64
import json
import struct
import zlib

from local.model.errors import ApiError
from local.model.prompt import Json

CONTENT_TYPE = "application/vnd.amazon.eventstream"
_STRING = 7


def event(event_type: str, payload: Json) -> bytes:
    headers = {":event-type": event_type, ":content-type": "application/json", ":message-type": "event"}
    return frame(headers, _json(payload))


def chunk(payload: Json) -> bytes:
    """A PayloadPart of InvokeModelWithResponseStream: the model's own event in Base64."""
    return event("chunk", {"bytes": base64.b64encode(_json(payload)).decode()})


def exception(error: ApiError) -> bytes:
    headers = {
        ":exception-type": error.event_type,
        ":content-type": "application/json",
        ":message-type": "exception",
    }
    return frame(headers, _json({"message": str(error)}))


def frame(headers: dict[str, str], payload: bytes) -> bytes:
    block = b"".join(_header(name, value) for name, value in headers.items())
    prelude = struct.pack("!II", 16 + len(block) + len(payload), len(block))
    message = prelude + _crc(prelude) + block + payload
    return message + _crc(message)


def _header(name: str, value: str) -> bytes:
    name_bytes, value_bytes = name.encode(), value.encode()
    return struct.pack("!B", len(name_bytes)) + name_bytes + struct.pack("!BH", _STRING, len(value_bytes)) + value_bytes


def _crc(data: bytes) -> bytes:
    return struct.pack("!I", zlib.crc32(data))


def _json(payload: Json) -> bytes:
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
