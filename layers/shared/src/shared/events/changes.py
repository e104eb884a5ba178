"""What a DynamoDB stream tells of a row, and the domain events that an adapter makes of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.events.domain_events import DomainEvent

type Named = tuple[str, DomainEvent]
type Image = Mapping[str, Any]
"""A row in DynamoDB's own notation, {"name": {"S": "value"}}: a feature's adapter knows the types of its rows."""


@dataclass(frozen=True, slots=True)
class Change:
    """A row before and after; None where there was none, or is none any more. `at` is when, if the stream says so."""

    old: Image | None
    new: Image | None
    at: datetime | None = None
