"""One DynamoDB connection for all of a function's pynamodb models, and one translation of its failures.

Left alone, every pynamodb model opens a session and a client of its own: 160 to 220 ms of CPU and 10 MB each.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache

from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NoConnection
from pynamodb.connection import Connection
from pynamodb.exceptions import PynamoDBException
from pynamodb.models import Model

from shared.errors import Unavailable

# A request has 25 s behind the gateway: two short attempts beat one long wait.
_CONNECT_TIMEOUT_SECONDS = 1.0
_READ_TIMEOUT_SECONDS = 5.0
_MAX_RETRIES = 2
_CONCURRENT_READS = 10

_BUSY = frozenset(
    {
        "InternalServerError",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ServiceUnavailable",
        "ThrottlingException",
        "TransactionInProgressException",
    }
)


@cache
def connection() -> Connection:
    """The function's one connection; region, endpoint and credentials come from the SDK's own settings."""
    return Connection(
        connect_timeout_seconds=_CONNECT_TIMEOUT_SECONDS,
        read_timeout_seconds=_READ_TIMEOUT_SECONDS,
        max_retry_attempts=_MAX_RETRIES,
        max_pool_connections=_CONCURRENT_READS,
    )


def bind(model: type[Model], table_name: str) -> None:
    """Point a model at its deployed table, over the shared connection. Call it once, before any thread reads."""
    model.Meta.table_name = table_name
    table = model._get_connection()
    if table.connection is not connection():
        if table_name not in connection()._tables:  # two models may share a table
            connection().add_meta_table(table.get_meta_table())
        table.connection = connection()
    connection().client  # noqa: B018  making botocore's client is not thread-safe, using it is


@cache
def readers() -> ThreadPoolExecutor:
    """Threads for the reads of one round; they live as long as the warm function."""
    return ThreadPoolExecutor(_CONCURRENT_READS, thread_name_prefix="read")


@contextmanager
def translated_failures() -> Iterator[None]:
    """Raise Unavailable where DynamoDB is out of reach or too busy; anything else is a bug and passes."""
    try:
        yield
    except PynamoDBException as error:
        out_of_reach = isinstance(error.cause, (HTTPClientError, NoConnection))
        if out_of_reach or (isinstance(error.cause, ClientError) and error.cause_response_code in _BUSY):
            raise Unavailable("The data store is busy; try again.", retry_after_seconds=2) from error
        raise
