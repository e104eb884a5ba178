"""Entries of inboxes → all sockets of their recipients"""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse

from communications.inbox.domain.inbox import NumberedEntry
from communications.sockets import wiring
from shared.events.batches import Event, process_together
from shared.lifecycle.priming import prime
from shared.observability.invocations import observed
from shared.observability.logs import logger

prime(wiring.entry_of, wiring.deliverer)


@observed()
def handler(event: Event, context: Any) -> PartialItemFailureResponse:
    """Send what is new to whoever is there. Clients recognize entries that come again by their numbers."""
    return process_together(event, wiring.entry_of(), _deliver)


def _deliver(entries: Sequence[NumberedEntry]) -> Sequence[int]:
    delivered = wiring.deliverer().deliver(entries, datetime.now(UTC))
    logger.info("entries delivered", extra={"entries": len(entries), **asdict(delivered)})
    return ()
