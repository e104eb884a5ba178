"""Publishes what a DynamoDB stream tells of new rows as domain events.

A row and its event cannot part: the event is made of the row that was written. It is published at least once, under
an id made of the row's.
"""

from collections.abc import Callable, Mapping
from typing import Any

from shared.events import DomainEvent, EventBus
from shared.logs import logger, without_message

type Image = Mapping[str, Any]
"""A row in DynamoDB's own notation, {"name": {"S": "value"}}."""


def publish_new_rows(
    stream_event: Mapping[str, Any], event_of: Callable[[Image], tuple[str, DomainEvent] | None], bus: EventBus
) -> dict[str, list[dict[str, str]]]:
    """Publish the named event that `event_of` makes of each new row; None where a row is no news.

    Answers which records have failed, for a mapping with ReportBatchItemFailures. A record that cannot be read is one
    of them: after its retries it is told to the mapping's destination for failures, and the others go on.
    """
    failed: list[str] = []
    made: list[tuple[str, tuple[str, DomainEvent]]] = []
    for record in stream_event["Records"]:
        if record["eventName"] != "INSERT":
            continue
        position = record["dynamodb"]["SequenceNumber"]
        try:
            event = event_of(record["dynamodb"]["NewImage"])
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            logger.error("row cannot be read", extra={"sequenceNumber": position} | without_message(error))
            failed.append(position)
            continue
        if event is not None:
            made.append((position, event))
    refused = bus.publish_all([event for _, event in made])
    failed += [made[index][0] for index in sorted(refused)]
    logger.info("published", extra={"events": len(made) - len(refused), "failed": len(failed)})
    return {"batchItemFailures": [{"itemIdentifier": position} for position in failed]}
