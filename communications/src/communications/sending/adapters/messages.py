"""Messages of the senders' queues."""

import json

from communications.sending.domain.sending import Sender
from shared.observability.logs import logger

WORK_SECONDS = 45.0
"""What is begun by then ends within the functions' minute, even where a provider does not answer."""


def send_row(sender: Sender, body: str) -> None:
    """Send the row that a message's body names. Raises Unavailable."""
    outbox_id = json.loads(body)["outboxId"]
    row = sender.send(outbox_id)
    outcome = {"state": row.state, "reason": row.reason, "attempt": row.attempt} if row else {"state": "no row"}
    logger.info("row of the outbox", extra={"outboxId": outbox_id, **outcome})
