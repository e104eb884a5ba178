"""Once a day: removes texts that no version points at, and leftovers of removed prompts"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools.logging import correlation_paths

from personalization.prompts import wiring
from shared.lifecycle.priming import prime
from shared.observability.invocations import observed
from shared.observability.logs import logger
from shared.resilience.deadline import Deadline

prime(wiring.sweeper)

_WORK_SECONDS = 840  # of the function's 900


@observed(correlation_paths.EVENT_BRIDGE)
def handler(_: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Remove what is older than a day and not needed any more; the rest the next day, if time runs out."""
    swept = wiring.sweeper().sweep(datetime.now(UTC), Deadline(_WORK_SECONDS))
    report = {"textsSeen": swept.texts_seen, "textsRemoved": swept.texts_removed, "isComplete": swept.is_complete}
    logger.info("prompts swept", extra=report)
    return report
