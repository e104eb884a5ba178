"""The Products table's stream → the index that customers search"""

from collections.abc import Sequence
from typing import Any

from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse

from commerce.search import wiring
from commerce.search.domain.syncing import Change, Poison, follow
from shared.events.batches import process_together
from shared.lifecycle.priming import prime
from shared.observability.invocations import observed
from shared.observability.logs import logger

prime(wiring.change_of, wiring.index, wiring.dead_letters)


@observed()
def handler(event: dict[str, Any], context: Any) -> PartialItemFailureResponse:
    """Apply the changes; if the search engine is down, the whole batch is retried."""
    return process_together(event, wiring.change_of(), _apply)


def _apply(changes: Sequence[Change | Poison]) -> list[int]:
    retry_from = follow(changes, wiring.index(), wiring.dead_letters())
    logger.info("changes applied", extra={"changes": len(changes), "retried": retry_from is not None})
    return [index for index, change in enumerate(changes) if change.position == retry_from]
