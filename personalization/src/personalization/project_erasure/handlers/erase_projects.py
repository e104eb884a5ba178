"""Every minute: what removed projects had is erased"""

from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools.logging import correlation_paths

from personalization.project_erasure import wiring
from shared.lifecycle.priming import prime
from shared.observability.invocations import observed
from shared.observability.logs import logger
from shared.resilience.deadline import Deadline

prime(wiring.project_eraser)

_WORK_SECONDS = 240  # of the function's 300


@observed(correlation_paths.EVENT_BRIDGE)
def handler(_: Mapping[str, Any], context: Any) -> None:
    """Erase what is due; what is left, or broke off, in a later minute."""
    passes = wiring.project_eraser().erase_due(Deadline(_WORK_SECONDS))
    logger.info("removed projects", extra={"passes": passes})
