"""The platform's one logger: Powertools' Logger, whose JSON lines Lambda takes as they are.

A message is a constant; what varies is a field. No personal data, no secrets. The text of an exception may hold either,
so nothing is logged by `logger.exception` or `exc_info`: `without_message` says what failed and where.
"""

import logging
import traceback

from aws_lambda_powertools.logging import Logger

# Lambda filters the lines of a function by level only where their time is RFC 3339.
logger = Logger(use_rfc3339=True, utc=True)

# At INFO they write where each client's credentials and endpoint come from, and a line for each search.
for _name in ("botocore", "opensearch"):
    logging.getLogger(_name).setLevel(logging.WARNING)


def without_message(error: BaseException) -> dict[str, object]:
    """Fields that tell where an error came from, innermost last, and not what it says: that may be personal data."""
    frames = traceback.extract_tb(error.__traceback__)
    return {
        "error": type(error).__name__,
        **_aws_error(error),
        "stack": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
    }


def _aws_error(error: BaseException | None) -> dict[str, str]:
    """AWS's name for a refusal that is the error, or its cause: `AccessDeniedException`."""
    while error is not None:
        match getattr(error, "response", None):
            case {"Error": {"Code": str(code)}}:
                return {"awsError": code}
        error = getattr(error, "cause", None) or error.__cause__  # pynamodb's errors keep it as an attribute
    return {}
