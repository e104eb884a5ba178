"""The Memberships table's stream → receipts for senders, ConversationRead on the bus"""

from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse

from communications.conversations import wiring
from communications.conversations.domain.message_events import read_event_of
from shared.events.changes import Change
from shared.events.streams import process_changes
from shared.lifecycle.priming import prime
from shared.observability.invocations import observed

prime(wiring.receipts, wiring.event_bus)


@observed()
def handler(event: dict[str, Any], context: Any) -> PartialItemFailureResponse:
    """Let senders know how far a member has read, and whoever else it concerns."""
    return process_changes(event, _announce)


def _announce(change: Change) -> None:
    if change.new is None:
        return
    reader = wiring.membership_of_image(change.new)
    before = wiring.membership_of_image(change.old).read_up_to if change.old is not None else 0
    if reader.read_up_to > before:
        now = datetime.now(UTC)
        wiring.receipts().announce(reader, before, now)
        wiring.event_bus().publish(*read_event_of(reader, now))
