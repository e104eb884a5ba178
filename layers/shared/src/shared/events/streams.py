"""Publishes what a DynamoDB stream tells of rows as domain events.

A row and its event cannot part: the event is made of the row that was written. It is published at least once, under
an id made of the row's.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord

from shared.events.batches import Event, process_rows, process_together
from shared.events.changes import Change, Image, Named
from shared.events.event_bridge import EventBus
from shared.observability.logs import logger
from shared.resilience.deadline import Deadline


def publish_new_rows(
    event: Event, event_of: Callable[[Image], Named | None], bus: EventBus
) -> PartialItemFailureResponse:
    """Publish the named event that `event_of` makes of each new row; None where a row is no news."""

    def events_of(change: Change) -> list[Named]:
        named = event_of(change.new) if change.new is not None and change.old is None else None
        return [named] if named else []

    inserted = [record for record in event["Records"] if record["eventName"] == "INSERT"]
    return publish_changes({"Records": inserted}, events_of, bus)


def publish_changes(
    event: Event, events_of: Callable[[Change], Sequence[Named]], bus: EventBus
) -> PartialItemFailureResponse:
    """Publish the named events that `events_of` makes of each change, in as few calls of the bus as possible.

    A record has failed that cannot be read, or an event of which the bus refused; the others are published.
    """

    def read(record: DynamoDBRecord) -> Sequence[Named]:
        return events_of(change_of(record))

    def publish(of_records: Sequence[Sequence[Named]]) -> list[int]:
        made = [(position, named) for position, several in enumerate(of_records) for named in several]
        refused = bus.publish_all([named for _, named in made])
        failed = sorted({made[index][0] for index in refused})
        logger.info("published", extra={"events": len(made) - len(refused), "failed": len(failed)})
        return failed

    return process_together(event, read, publish)


def process_changes(
    event: Event, work: Callable[[Change], object], deadline: Deadline | None = None
) -> PartialItemFailureResponse:
    """Work on each change for itself, in their order. One for which `work` raises comes again, with what follows it.

    So does what is not begun by the deadline.
    """
    return process_rows(event, lambda record: work(change_of(record)), deadline)


def change_of(record: DynamoDBRecord) -> Change:
    """What a record tells. Of a stream of new images alone, the row before an update is empty: it was there."""
    images = record["dynamodb"]
    old = images.get("OldImage") or (None if record.get("eventName") == "INSERT" else {})
    seconds = images.get("ApproximateCreationDateTime")
    at = datetime.fromtimestamp(seconds, UTC) if seconds else None
    return Change(old, images.get("NewImage"), at)
