"""The Products table's stream → the index that customers search"""

from collections.abc import Mapping
from typing import Any

from commerce.search import wiring
from commerce.search.domain.syncing import follow
from shared.observability.logs import logger
from shared.priming import prime

prime(wiring.changes_in, wiring.index, wiring.dead_letters)


def handler(event: Mapping[str, Any], context: Any) -> dict[str, list[dict[str, str]]]:
    """Apply the changes; if the search engine is down, the whole batch is retried."""
    changes = wiring.changes_in()(event)
    retry_from = follow(changes, wiring.index(), wiring.dead_letters())
    logger.info("changes applied", extra={"changes": len(changes), "retried": retry_from is not None})
    return {"batchItemFailures": [] if retry_from is None else [{"itemIdentifier": retry_from}]}
