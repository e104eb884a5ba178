"""Every minute: runs that nobody takes, or whose worker has gone"""

from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools.logging import correlation_paths

from personalization.following import wiring
from shared.lifecycle.priming import prime
from shared.observability.invocations import observed
from shared.observability.logs import logger

prime(wiring.supervisor)


@observed(correlation_paths.EVENT_BRIDGE)
def handler(_: Mapping[str, Any], context: Any) -> None:
    """Requeue the runs that no worker has taken, end those whose worker has gone."""
    runs = wiring.supervisor().look_after_overdue()
    logger.info("looked after runs", extra={"overdue": runs})
