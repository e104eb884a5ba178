"""Every minute: what was held until now is sent, or dropped; snoozed notifications come back"""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from communications.notifications import wiring
from shared.json.encoding import camel
from shared.lifecycle.priming import prime
from shared.observability.invocations import observed
from shared.observability.logs import logger
from shared.resilience.deadline import Deadline

prime(wiring.releasing, wiring.changes)

_WORK_SECONDS = 45  # of the function's 50
_MAX_WOKEN = 500


@observed()
def handler(_: Mapping[str, Any], context: Any) -> None:
    """Release what is due, as one message for each user and channel. Twice does no harm."""
    now, deadline = datetime.now(UTC), Deadline(_WORK_SECONDS)
    woken = wiring.changes().wake(now, _MAX_WOKEN)
    released = wiring.releasing().release(now, lambda: deadline.remaining_seconds > 0)
    counts = {camel(name): count for name, count in asdict(released).items()}
    logger.info("notifications released", extra={"woken": woken, **counts})
