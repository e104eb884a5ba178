"""The platform's one logger.

Lambda's runtime writes standard logging as JSON, with whatever `extra` holds: no logging library is needed.
A message is a constant; what varies is a field. No personal data, no secrets.
"""

import logging
import traceback

logger = logging.getLogger("almoner")


def without_message(error: BaseException) -> dict[str, object]:
    """Fields that tell where an error came from, innermost last, and not what it says: that may be personal data."""
    frames = traceback.extract_tb(error.__traceback__)
    return {
        "error": type(error).__name__,
        "stack": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
    }
