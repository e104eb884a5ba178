"""Operators → the search index, rebuilt or compared with the catalogue"""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from commerce.search import wiring
from commerce.search.domain.rebuilding import rebuild, repair
from commerce.search.domain.single_run import alone
from shared.errors import PublicError
from shared.ids import new_id
from shared.lifecycle.priming import prime
from shared.observability.invocations import observed
from shared.observability.logs import logger

prime(wiring.whole_catalogue, wiring.index, wiring.run_lock)


@observed()
def handler(event: Mapping[str, Any], context: Any) -> dict[str, int]:
    """`{}` rebuilds, `{"verify": true}` compares and repairs, or rebuilds what another release has made.

    The report counts what was wrong before.
    Raises AlreadyRunning; PublicError for another event: a mistyped one must not rebuild anything.
    """
    if event not in ({}, {"verify": False}, {"verify": True}):
        raise PublicError('the event must be {} or {"verify": true}')
    run = repair if event.get("verify") else rebuild
    now = datetime.now(UTC)
    with alone(wiring.run_lock(), new_id(now), now):
        report = asdict(run(wiring.whole_catalogue(), wiring.index()))
    logger.info("search index verified", extra=report)
    return report
