"""One DynamoDB client for all of a function's pynamodb models, and one translation of its failures.

Left alone, every pynamodb model makes a session and a client of its own: 160 to 220 ms of CPU and 10 MB each.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.connection import Connection
from pynamodb.exceptions import PynamoDBException

from shared.aws.clients import client
from shared.aws.failures import code, is_passing
from shared.aws.threads import Threads
from shared.errors import Unavailable
from shared.lifecycle.priming import prime
from shared.observability.logs import logger

_ATTEMPTS = 3
_CONCURRENT_READS = 10
_THROTTLED = frozenset({"ProvisionedThroughputExceededException", "RequestLimitExceeded", "ThrottlingException"})


class _SharedClientConnection(Connection):
    """A connection over one of `shared.aws.clients`."""

    def __init__(self) -> None:
        super().__init__()
        prime(lambda: self.client)  # with the first model, and not by the first request

    @property
    def client(self) -> Any:
        return client("dynamodb", attempts=_ATTEMPTS, validated=False)


@cache
def connection() -> Connection:
    """The function's connection."""
    return _SharedClientConnection()


@cache
def readers() -> Threads:
    """Threads for the reads of one round; they live as long as the warm function."""
    return Threads(_CONCURRENT_READS, thread_name_prefix="read")


@contextmanager
def translated_failures() -> Iterator[None]:
    """Raise Unavailable where DynamoDB is out of reach or too busy; anything else is a bug and passes."""
    try:
        yield
    except (BotoCoreError, ClientError, PynamoDBException) as error:
        refusal = original(error)
        if isinstance(refusal, ClientError) and code(refusal) in _THROTTLED:
            _note_throttled(code(refusal))
        if is_passing(refusal):
            raise Unavailable("The data store is busy; try again.", retry_after_seconds=2) from error
        raise


def _note_throttled(aws_error: str) -> None:
    from shared.observability.metrics import THROTTLED_TABLES  # here, because functions without routes load it late

    metrics = THROTTLED_TABLES.line(logger.service, throttledTableCalls=1)
    logger.warning("table throttled", extra={"awsError": aws_error, **metrics})


def original(error: BaseException) -> BaseException:
    """botocore's own error: pynamodb's hide what it said beside code and message."""
    cause = error.cause if isinstance(error, PynamoDBException) and error.cause else error
    return cause.__cause__ if isinstance(cause.__cause__, ClientError) else cause
