"""Every minute: rows that have become due, lost messages, and claims of senders that have died"""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from communications.sending import wiring
from shared.lifecycle.priming import prime
from shared.observability.invocations import observed
from shared.observability.logs import logger
from shared.observability.metrics import OUTBOX
from shared.resilience.deadline import Deadline

_WORK_SECONDS = 45.0

prime(wiring.sweep)


@observed()
def handler(_: Mapping[str, Any], context: Any) -> None:
    """Have each of them looked after. Twice does no harm."""
    deadline = Deadline(_WORK_SECONDS)
    swept = wiring.sweep().run(datetime.now(UTC), lambda: deadline.remaining_seconds > 0)
    logger.info("outbox swept", extra={**asdict(swept), **OUTBOX.line(logger.service, unknownSends=swept.unknown)})
