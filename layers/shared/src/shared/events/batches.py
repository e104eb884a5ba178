"""Batches of a queue or of a table's stream, of which each record may fail for itself.

The functions' event source mappings report batch item failures. A queue then delivers the failed messages again. A
stream goes on from the first record that has failed, in order, and repeats what follows it; what fails for too long
goes to the mapping's destination for failures, so that it does not block its shard for ever.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from typing import Any

from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    ExceptionInfo,
    FailureResponse,
    process_partial_response,
)
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from shared.observability.logs import logger, without_message
from shared.resilience.deadline import Deadline, ends_by

type Event = dict[str, Any]


class NoTimeLeft(Exception):
    """Nobody has begun to work on the record."""


def process_messages(
    event: Event, work: Callable[[SQSRecord], object], deadline: Deadline | None = None
) -> PartialItemFailureResponse:
    """Work on each message of a queue. One for which `work` raises comes again, until the queue gives it up.

    Nothing waits any longer than until the deadline. What is not begun by then comes again, too.
    """

    return _processed(event, EventType.SQS, work, deadline)


def process_rows(
    event: Event, work: Callable[[DynamoDBRecord], object], deadline: Deadline | None = None
) -> PartialItemFailureResponse:
    """Work on each record of a table's stream. The first for which `work` raises comes again, with what follows it.

    Nothing waits any longer than until the deadline. What is not begun by then comes again, too.
    """
    return _processed(event, EventType.DynamoDBStreams, work, deadline)


def process_together[T](
    event: Event, read: Callable[[DynamoDBRecord], T], act: Callable[[Sequence[T]], Iterable[int]]
) -> PartialItemFailureResponse:
    """Read each record of a table's stream for itself, then act on all that could be read, at once and in their order.

    `act` answers with the positions of those that have to come again. What it raises fails the batch as a whole.
    """
    return _processed_together(event, EventType.DynamoDBStreams, DynamoDBRecord, read, act)


def process_messages_together[T](
    event: Event, read: Callable[[SQSRecord], T], act: Callable[[Sequence[T]], object]
) -> PartialItemFailureResponse:
    """Read each message of a queue for itself, then act on all that could be read, at once.

    What `act` raises has all of them come again.
    """

    def act_on_all(read_: Sequence[T]) -> Iterable[int]:
        act(read_)
        return ()

    return _processed_together(event, EventType.SQS, SQSRecord, read, act_on_all)


def _processed_together[R, T](
    event: Event,
    event_type: EventType,
    record_type: Callable[[dict[str, Any]], R],
    read: Callable[[R], T],
    act: Callable[[Sequence[T]], Iterable[int]],
) -> PartialItemFailureResponse:
    # BatchProcessor hands over one record after another: acting in that way, each would cost a call of the bus or of
    # the search engine, where one call takes ten events or the whole batch.
    processor = _Processor(event_type)
    with processor(event["Records"], lambda record: read(record)):
        were_read = [(raw, result) for status, result, raw in processor.process() if status == "success"]
        for position in act([result for _, result in were_read]):
            processor.failure_handler(record_type(were_read[position][0]), (None, None, None))
    return processor.response()


def _processed[R](
    event: Event, event_type: EventType, work: Callable[[R], object], deadline: Deadline | None
) -> PartialItemFailureResponse:
    def work_in_time(record: R) -> object:
        if deadline and not deadline.remaining_seconds:
            raise NoTimeLeft
        return work(record)

    with ends_by(deadline) if deadline else nullcontext():
        return process_partial_response(event, work_in_time, _Processor(event_type))


class _Processor(BatchProcessor):
    """Logs what failed, without what the error says.

    Where all records have failed it answers as well. Powertools would raise an error that quotes all of theirs, for
    Lambda to log.
    """

    def __init__(self, event_type: EventType) -> None:
        super().__init__(event_type, raise_on_entire_batch_failure=False)

    def failure_handler(self, record: Any, exception: ExceptionInfo) -> FailureResponse:
        error = exception[1]
        if error:
            stream_record = record.get("dynamodb") or {}
            ids = {"messageId": record.get("messageId"), "sequenceNumber": stream_record.get("SequenceNumber")}
            report = logger.warning if isinstance(error, NoTimeLeft) else logger.error
            report("record failed", extra={**ids, **without_message(error)})
        return super().failure_handler(record, exception)
