"""How calls to AWS fail, in the platform's words."""

from collections.abc import Iterator
from contextlib import contextmanager

import urllib3
from botocore import eventstream, exceptions
from botocore.exceptions import ClientError
from botocore.parsers import ResponseParserError

from shared.errors import Unavailable

# Refusals that say: nothing was done, and it could be done in a moment.
_THROTTLED = frozenset(
    {
        "BandwidthLimitExceeded",
        "ConditionalRequestConflict",
        "LimitExceededException",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "RequestTimeout",
        "RequestTimeoutException",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionConflictException",
        "TransactionInProgressException",
    }
)

_OUT_OF_REACH = (
    exceptions.ConnectionError,
    exceptions.CredentialRetrievalError,
    exceptions.HTTPClientError,
    exceptions.IncompleteReadError,
    ResponseParserError,  # something between us and the service answered in its name
    eventstream.ParserError,  # likewise within a stream
    urllib3.exceptions.HTTPError,  # a stream's connection was lost: botocore hands this on as it is
)


@contextmanager
def unavailable_where_out_of_reach() -> Iterator[None]:
    """Around calls to AWS, and the reading of their answers. Raises Unavailable where a service does not answer,
    throttles us or fails, after all attempts; every other refusal stays botocore's ClientError: see `code`.
    """
    try:
        yield
    except (*_OUT_OF_REACH, ClientError) as error:
        if is_passing(error):
            raise unavailable() from error
        raise


def is_passing(error: BaseException) -> bool:
    """Whether a later call may succeed: the service was out of reach, throttled us or failed."""
    if isinstance(error, ClientError):
        return is_throttled(error) or status(error) >= 500
    return isinstance(error, _OUT_OF_REACH)


def code(error: ClientError) -> str:
    """AWS's name for a refusal: `ConditionalCheckFailedException`; of a HEAD request, its status."""
    return str(error.response.get("Error", {}).get("Code", ""))


def status(error: ClientError) -> int:
    """Of HTTP; 0 where a refusal came within a stream."""
    return error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)


def is_throttled(error: ClientError) -> bool:
    """Whether nothing was done that could be done in a moment."""
    return code(error) in _THROTTLED or status(error) == 429


def is_of_a_repetition(error: ClientError) -> bool:
    """Whether an attempt before this one may have been carried out, its answer lost."""
    return error.response.get("ResponseMetadata", {}).get("RetryAttempts", 0) > 0


def unavailable() -> Unavailable:
    return Unavailable("A service that we depend on is busy; try again.", retry_after_seconds=2)
