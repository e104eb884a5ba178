"""OrderPaid, by topic and queue → a receipt by SMS"""

import json
from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from commerce.receipts import wiring
from shared.events.batches import process_messages
from shared.events.domain_events import parse
from shared.lifecycle.priming import prime
from shared.observability.invocations import observed
from shared.observability.logs import logger

prime(wiring.receipts, wiring.texter)


@observed()
def handler(event: dict[str, Any], context: Any) -> PartialItemFailureResponse:
    """Send an SMS for each paid order, once, to customers with a verified number."""
    return process_messages(event, _send)


def _send(message: SQSRecord) -> None:
    paid = parse(json.loads(message.body)["detail"])
    outcome = wiring.receipts().text(paid.data["orderId"], wiring.texter(), datetime.now(UTC))
    logger.info("receipt by SMS", extra={"eventId": paid.id, "orderId": paid.data["orderId"], "outcome": outcome})
