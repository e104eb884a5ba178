"""One DynamoDB connection for all of a function's pynamodb models, and one translation of its failures.

Left alone, every pynamodb model makes a session and a client of its own: 160 to 220 ms of CPU and 10 MB each.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache

from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NoConnection
from pynamodb.connection import Connection
from pynamodb.exceptions import PynamoDBException

from shared.errors import Unavailable

# A request has 25 s behind the gateway: two short attempts beat one long wait.
_CONNECT_TIMEOUT_SECONDS = 1.0
_READ_TIMEOUT_SECONDS = 5.0
_MAX_RETRIES = 2
_CONCURRENT_READS = 10
_MAX_CONNECTIONS = 32

_BUSY = frozenset(
    {
        "InternalServerError",
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ServiceUnavailable",
        "ThrottlingException",
        "TransactionConflictException",
        "TransactionInProgressException",
    }
)


@cache
def connection(*, retries: int = _MAX_RETRIES) -> Connection:
    """The function's connection; region, endpoint and credentials come from the SDK's own settings."""
    made = Connection(
        connect_timeout_seconds=_CONNECT_TIMEOUT_SECONDS,
        read_timeout_seconds=_READ_TIMEOUT_SECONDS,
        max_retry_attempts=retries,
        max_pool_connections=_MAX_CONNECTIONS,
    )
    made.client  # noqa: B018  making botocore's client is not thread-safe, using it is
    return made


def connection_without_retries() -> Connection:
    """For what must not be repeated when an answer is lost: a number that was added to would count twice."""
    return connection(retries=0)


@cache
def readers() -> ThreadPoolExecutor:
    """Threads for the reads of one round; they live as long as the warm function."""
    return ThreadPoolExecutor(_CONCURRENT_READS, thread_name_prefix="read")


@contextmanager
def translated_failures() -> Iterator[None]:
    """Raise Unavailable where DynamoDB is out of reach or too busy; anything else is a bug and passes."""
    try:
        yield
    except (ClientError, HTTPClientError, NoConnection, PynamoDBException) as error:
        cause = error.cause if isinstance(error, PynamoDBException) else error
        if isinstance(cause, (HTTPClientError, NoConnection)):
            raise Unavailable("The data store is out of reach; try again.", retry_after_seconds=2) from error
        if isinstance(cause, ClientError) and _is_busy(cause):
            raise Unavailable("The data store is busy; try again.", retry_after_seconds=2) from error
        raise


def _is_busy(error: ClientError) -> bool:
    """pynamodb's own error leaves out the status; botocore's is its cause."""
    original = error.__cause__ if isinstance(error.__cause__, ClientError) else error
    status = original.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 400)
    return original.response.get("Error", {}).get("Code") in _BUSY or status >= 500
