"""The Products table's stream → the index that customers search"""

from collections.abc import Mapping
from typing import Any

from commerce.search import indexing
from commerce.search.domain.syncing import follow
from shared.observability.logs import logger


def handler(event: Mapping[str, Any], context: Any) -> dict[str, list[dict[str, str]]]:
    """Follow the changes; where the engine is down, the batch fails from its first record on, and comes again."""
    changes = indexing.changes()(event)
    failed_at = follow(changes, indexing.index(), indexing.dead_letters())
    logger.info("followed", extra={"changes": len(changes), "comesAgain": failed_at is not None})
    return {"batchItemFailures": [] if failed_at is None else [{"itemIdentifier": failed_at}]}
