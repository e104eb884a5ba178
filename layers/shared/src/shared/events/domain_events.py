"""Domain events on the bus: how one is published, and how a consumer reads one.

Source `almoner.<context>`, detail-type in the past tense, detail `{id, version, occurredAt, userId, data}`. Delivery is
at least once and in any order: consumers are idempotent by `id`.
"""

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import batched
from typing import Any, Protocol

from shared.aws.failures import unavailable_where_out_of_reach
from shared.json.encoding import encode, moment
from shared.observability.logs import logger

_MAX_ENTRIES = 10  # of one PutEvents


@dataclass(frozen=True, slots=True)
class DomainEvent:
    """Something that happened to a user, in the words of the context that saw it."""

    id: str
    version: int
    occurred_at: datetime
    user_id: str
    data: Mapping[str, Any]


class NotPublished(RuntimeError):
    """The bus refused the event: the caller must try again or fail."""


class EventBridge(Protocol):
    """What is needed of boto3's client."""

    def put_events(self, **request: Any) -> Any: ...


class EventBus:
    """Publishes the events of one context."""

    def __init__(self, client: EventBridge, bus_name: str, source: str) -> None:
        self._client, self._bus_name, self._source = client, bus_name, source

    def publish(self, name: str, event: DomainEvent) -> None:
        """Put one event on the bus. Raises NotPublished where the bus did not take it, and Unavailable."""
        answer = self._put([self._entry(name, event)])
        if answer.get("FailedEntryCount"):
            raise NotPublished(str(answer["Entries"][0].get("ErrorCode")))

    def publish_all(self, events: Sequence[tuple[str, DomainEvent]]) -> frozenset[int]:
        """Put named events on the bus, as few calls as possible; the positions of those that it did not take.

        Raises Unavailable.
        """
        refused: set[int] = set()
        for batch in batched(enumerate(events), _MAX_ENTRIES, strict=False):
            answer = self._put([self._entry(*event) for _, event in batch])
            for (position, (name, event)), entry in zip(batch, answer["Entries"], strict=True):
                if entry.get("ErrorCode"):
                    refused.add(position)
                    logger.warning(
                        "event refused", extra={"event": name, "eventId": event.id, "errorCode": entry["ErrorCode"]}
                    )
        return frozenset(refused)

    def _put(self, entries: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
        with unavailable_where_out_of_reach():
            answer: Mapping[str, Any] = self._client.put_events(Entries=entries)
        return answer

    def _entry(self, name: str, event: DomainEvent) -> dict[str, Any]:
        return {
            "EventBusName": self._bus_name,
            "Source": self._source,
            "DetailType": name,
            "Detail": encode(event),
            "Time": event.occurred_at,
        }


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
