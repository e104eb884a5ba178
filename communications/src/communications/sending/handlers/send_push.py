"""Rows of the outbox, by topic and queue → push messages"""

from typing import Any

from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse

from communications.sending import wiring
from shared.events.batches import process_messages
from shared.lifecycle.priming import prime
from shared.observability.invocations import observed
from shared.resilience.deadline import Deadline

prime(wiring.push_sender)


@observed()
def handler(event: dict[str, Any], context: Any) -> PartialItemFailureResponse:
    """Send each of them once."""
    sender = wiring.push_sender()
    return process_messages(event, lambda message: wiring.send_row(sender, message.body), Deadline(wiring.WORK_SECONDS))
