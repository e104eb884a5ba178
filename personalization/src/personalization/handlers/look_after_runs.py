"""Every minute: runs that nobody takes, or whose worker has gone"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from personalization import live
from shared.logs import logger
from shared.run_ending import look_after


def handler(_: Mapping[str, Any], context: Any) -> None:
    """Queue the ones again, end the others. Repeated and overlapping rounds change nothing."""
    runs = look_after(live.log(), live.queue(), live.answerers(), live.sender(), datetime.now(UTC))
    logger.info("looked after runs", extra={"overdue": runs})
