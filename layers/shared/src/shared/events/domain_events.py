"""Domain events on the bus: `shared.events.event_bridge` publishes them, `shared.events.consumers` takes them.

Source `almoner.<context>`, detail-type in the past tense, detail `{id, version, occurredAt, userId, data}`. Delivery is
at least once and in any order: consumers are idempotent by `id`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.json.encoding import moment


@dataclass(frozen=True, slots=True)
class DomainEvent:
    """Something that happened to a user, in the words of the context that saw it."""

    id: str
    version: int
    occurred_at: datetime
    user_id: str
    data: Mapping[str, Any]


def parse(detail: Mapping[str, Any]) -> DomainEvent:
    """Raises KeyError or ValueError for a detail that is not a domain event."""
    return DomainEvent(detail["id"], detail["version"], moment(detail["occurredAt"]), detail["userId"], detail["data"])
