"""Publishes domain events on EventBridge."""

from collections.abc import Mapping, Sequence
from itertools import batched
from typing import Any, Protocol

from shared.aws.clients import client
from shared.aws.failures import unavailable_where_out_of_reach
from shared.errors import Unavailable
from shared.events.domain_events import DomainEvent
from shared.json.encoding import encode
from shared.observability.logs import logger

_MAX_ENTRIES = 10  # of one PutEvents


class NotPublished(Unavailable):
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
            [entry] = answer["Entries"]
            _log_refusal(name, event, entry)
            raise NotPublished(str(entry.get("ErrorCode")))

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
                    _log_refusal(name, event, entry)
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


def bus_of_streams(bus_name: str, source: str) -> EventBus:
    """For what publishes from a stream: Lambda tries a batch that has failed again."""
    return EventBus(client("events", read_seconds=3.0), bus_name, source)


def _log_refusal(name: str, event: DomainEvent, entry: Mapping[str, Any]) -> None:
    logger.warning("event refused", extra={"event": name, "eventId": event.id, "errorCode": entry.get("ErrorCode")})
