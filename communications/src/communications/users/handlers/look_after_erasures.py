"""Every five minutes: UserDeleted again, for each erasure that is not complete"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from communications.users import wiring
from communications.users.domain.erasures import follow_up
from shared.lifecycle.priming import prime
from shared.observability.invocations import observed
from shared.observability.logs import logger
from shared.observability.metrics import ERASURES

prime(wiring.erasures, wiring.event_bus)


@observed()
def handler(_: Mapping[str, Any], context: Any) -> None:
    """Ask every context again to erase what it has, and count those who have waited for too long."""
    followed = follow_up(wiring.erasures(), wiring.event_bus(), wiring.user_deleted, datetime.now(UTC))
    metrics = ERASURES.line(logger.service, overdueErasures=len(followed.overdue))
    logger.info("erasures", extra={"open": followed.open, "overdueIds": followed.overdue, **metrics})
