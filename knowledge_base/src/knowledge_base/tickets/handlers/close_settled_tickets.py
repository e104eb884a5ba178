"""Every hour → tickets that were solved a week ago are closed"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from knowledge_base.tickets import wiring
from shared.lifecycle.priming import prime
from shared.observability.invocations import observed
from shared.observability.logs import logger

prime(wiring.closing)


@observed()
def handler(_: Mapping[str, Any], context: Any) -> None:
    """Close what nobody has come back to."""
    logger.info("tickets closed", extra={"closed": wiring.closing().close_settled(datetime.now(UTC))})
