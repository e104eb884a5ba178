"""Counts what a DynamoDB stream tells of rows: as often as it delivers them, each occurrence counts once."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime

from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord

from shared.events.batches import Event, process_together
from shared.events.changes import Change
from shared.figures.tallies import Figures, Occurrence
from shared.observability.logs import logger


def count_changes(
    event: Event, occurrences_of: Callable[[Change], Iterable[Occurrence]], figures: Figures, now: datetime
) -> PartialItemFailureResponse:
    """Count what `occurrences_of` makes of each change.

    A record that cannot be read fails alone; where the figures are out of reach, the batch comes again as a whole.
    """

    def read(record: DynamoDBRecord) -> Sequence[Occurrence]:
        images = record["dynamodb"]
        # streams of new images alone tell by the name that there was another before
        old = images.get("OldImage") or (None if record["eventName"] == "INSERT" else {})
        seconds = images.get("ApproximateCreationDateTime")
        at = datetime.fromtimestamp(seconds, UTC) if seconds else None
        return list(occurrences_of(Change(old, images.get("NewImage"), at)))

    def count(of_records: Sequence[Sequence[Occurrence]]) -> Iterable[int]:
        found = [occurrence for several in of_records for occurrence in several]
        new = figures.count(found, now)
        logger.info("counted", extra={"occurrences": len(found), "new": new})
        return ()

    return process_together(event, read, count)
