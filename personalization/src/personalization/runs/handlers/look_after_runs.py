"""Every minute: runs that nobody takes, or whose worker has gone"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from personalization.runs import wiring
from shared.observability.logs import logger
from shared.runs.ending import look_after


def handler(_: Mapping[str, Any], context: Any) -> None:
    """Queue the ones again, end the others. Repeated and overlapping rounds change nothing."""
    runs = look_after(wiring.log(), wiring.queue(), wiring.answerers(), wiring.sender(), datetime.now(UTC))
    logger.info("looked after runs", extra={"overdue": runs})
