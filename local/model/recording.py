"""The last thousand requests that the stand-in received, for tests; limited in memory."""

import json
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from local.model.generation import Meter
from local.model.prompt import Json

MAX_REQUESTS = 1000
_MAX_BYTES = 16 * 1024 * 1024
_SECRET_HEADERS = {"authorization", "x-amz-security-token", "cookie"}


@dataclass
class Record:
    """`outcome`: running, answered, disconnected, or the error's code."""

    number: int
    time: str
    operation: str
    model_id: str
    headers: dict[str, str]
    body: bytes
    meter: Meter
    outcome: str = "running"

    def as_json(self) -> Json:
        return {
            "number": self.number,
            "time": self.time,
            "operation": self.operation,
            "modelId": self.model_id,
            "headers": self.headers,
            "body": _parsed(self.body),
            "outcome": self.outcome,
            "outputTokens": self.meter.tokens,
        }


class Recording:
    def __init__(self) -> None:
        self._records: deque[Record] = deque(maxlen=MAX_REQUESTS)
        self._number = 0

    def add(self, operation: str, model_id: str, headers: dict[str, str], body: bytes) -> Record:
        self._number += 1
        kept = {name: value for name, value in headers.items() if name not in _SECRET_HEADERS}
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        record = Record(self._number, now, operation, model_id, kept, body, Meter())
        self._records.append(record)
        while len(self._records) > 1 and sum(len(other.body) for other in self._records) > _MAX_BYTES:
            self._records.popleft()
        return record

    def matching(self, match: str) -> list[Json]:
        return [record.as_json() for record in self._records if match in text_of(_parsed(record.body))]

    def forget(self, match: str) -> None:
        kept = [record for record in self._records if match not in text_of(_parsed(record.body))]
        self._records = deque(kept, maxlen=MAX_REQUESTS)


def text_of(value: Any) -> str:
    """All strings in a JSON value, one on each line; `match` is searched in it."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        value = list(value.values())
    return "\n".join(text_of(part) for part in value) if isinstance(value, list) else ""


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body.decode(errors="replace")
