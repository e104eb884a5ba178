"""Publishes what a DynamoDB stream tells of rows as domain events.

A row and its event cannot part: the event is made of the row that was written. It is published at least once, under
an id made of the row's.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared.events.domain_events import DomainEvent
from shared.events.event_bridge import EventBus
from shared.observability.logs import logger, without_message

type Named = tuple[str, DomainEvent]
type Image = Mapping[str, Any]
"""A row in DynamoDB's own notation, {"name": {"S": "value"}}."""


@dataclass(frozen=True, slots=True)
class Change:
    """A row before and after; None where there was none, or is none any more."""

    old: Image | None
    new: Image | None


def publish_new_rows(
    stream_event: Mapping[str, Any], event_of: Callable[[Image], Named | None], bus: EventBus
) -> dict[str, list[dict[str, str]]]:
    """Publish the named event that `event_of` makes of each new row; None where a row is no news."""

    def events_of(change: Change) -> list[Named]:
        event = event_of(change.new) if change.new is not None and change.old is None else None
        return [event] if event else []

    inserted = [record for record in stream_event["Records"] if record["eventName"] == "INSERT"]
    return publish_changes({"Records": inserted}, events_of, bus)


def publish_changes(
    stream_event: Mapping[str, Any], events_of: Callable[[Change], Sequence[Named]], bus: EventBus
) -> dict[str, list[dict[str, str]]]:
    """Publish the named events that `events_of` makes of each change.

    Answers which records have failed, for a mapping with ReportBatchItemFailures. A record that cannot be read is one
    of them: after its retries it is told to the mapping's destination for failures, and the others go on.
    """
    failed: set[str] = set()
    made: list[tuple[str, Named]] = []
    for record in stream_event["Records"]:
        position = record["dynamodb"]["SequenceNumber"]
        try:
            change = Change(record["dynamodb"].get("OldImage"), record["dynamodb"].get("NewImage"))
            made += [(position, event) for event in events_of(change)]
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            logger.error("row cannot be read", extra={"sequenceNumber": position} | without_message(error))
            failed.add(position)
    refused = bus.publish_all([event for _, event in made])
    failed |= {made[index][0] for index in refused}
    logger.info("published", extra={"events": len(made) - len(refused), "failed": len(failed)})
    positions = [record["dynamodb"]["SequenceNumber"] for record in stream_event["Records"]]
    return {"batchItemFailures": [{"itemIdentifier": position} for position in positions if position in failed]}
