"""Counts what a DynamoDB stream tells of rows: as often as it delivers them, each occurrence counts once."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord

from shared.events.batches import Event, process_together
from shared.events.changes import Change
from shared.events.streams import change_of
from shared.figures.tallies import Figures, Occurrence
from shared.observability.logs import logger


def count_changes(
    event: Event, occurrences_of: Callable[[Change], Iterable[Occurrence]], figures: Figures, now: datetime
) -> PartialItemFailureResponse:
    """Count what `occurrences_of` makes of each change.

    A record that cannot be read fails alone; where the figures are out of reach, the batch comes again as a whole.
    """

    def read(record: DynamoDBRecord) -> Sequence[Occurrence]:
        return list(occurrences_of(change_of(record)))

    def count(of_records: Sequence[Sequence[Occurrence]]) -> Iterable[int]:
        found = [occurrence for several in of_records for occurrence in several]
        new = figures.count(found, now)
        logger.info("counted", extra={"occurrences": len(found), "new": new})
        return ()

    return process_together(event, read, count)
