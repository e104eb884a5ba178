"""Domain events on the bus, and how a consumer reads one; `shared.events.event_bridge` publishes them.

Source `almoner.<context>`, detail-type in the past tense, detail `{id, version, occurredAt, userId, data}`. Delivery is
at least once and in any order: consumers are idempotent by `id`.
"""

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.json.encoding import moment
from shared.observability.logs import logger


@dataclass(frozen=True, slots=True)
class DomainEvent:
    """Something that happened to a user, in the words of the context that saw it."""

    id: str
    version: int
    occurred_at: datetime
    user_id: str
    data: Mapping[str, Any]


def consumer(consume: Callable[[DomainEvent], str]) -> Callable[[Mapping[str, Any], Any], None]:
    """Make a Lambda handler of a function that takes a domain event and says, for the log, what came of it.

    An exception is left to Lambda's retries, and after them to the failed-events queue.
    """

    @functools.wraps(consume)
    def handler(event: Mapping[str, Any], context: Any) -> None:
        domain_event = parse(event["detail"])
        outcome = consume(domain_event)
        logger.info("event", extra={"event": event["detail-type"], "eventId": domain_event.id, "outcome": outcome})

    return handler


def parse(detail: Mapping[str, Any]) -> DomainEvent:
    """Raises KeyError or ValueError for a detail that is not a domain event."""
    return DomainEvent(detail["id"], detail["version"], moment(detail["occurredAt"]), detail["userId"], detail["data"])
