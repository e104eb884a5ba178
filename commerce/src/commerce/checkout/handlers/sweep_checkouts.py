"""Every minute: checkouts that are due, because nobody has paid, or something was lost on the way"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from commerce.checkout import wiring
from shared.lifecycle.priming import prime
from shared.observability.invocations import observed
from shared.observability.logs import logger
from shared.observability.metrics import CHECKOUTS

prime(wiring.sweep)


@observed()
def handler(_: Mapping[str, Any], context: Any) -> None:
    """Have each of them looked after. Twice does no harm."""
    swept = wiring.sweep().run(datetime.now(UTC))
    metrics = CHECKOUTS.line(logger.service, stuckCheckouts=swept.stuck, doubtfulPayments=swept.doubtful)
    logger.info("checkouts swept", extra={"due": swept.due, **metrics})
