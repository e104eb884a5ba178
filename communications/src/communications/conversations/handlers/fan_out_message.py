"""The Messages table's stream, senders' copies → recipients' copies"""

from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse

from communications.conversations import wiring
from shared.events.changes import Change
from shared.events.streams import process_changes
from shared.lifecycle.priming import prime
from shared.observability.invocations import observed

prime(wiring.fan_out)


@observed()
def handler(event: dict[str, Any], context: Any) -> PartialItemFailureResponse:
    """Bring what senders have sent, edited and deleted to the recipients."""
    return process_changes(event, _deliver)


def _deliver(change: Change) -> None:
    if change.new is not None:
        wiring.fan_out().deliver(wiring.message_of_image(change.new), datetime.now(UTC))
