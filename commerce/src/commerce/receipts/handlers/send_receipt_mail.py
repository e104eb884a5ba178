"""OrderPaid, by topic and queue → receipts by mail"""

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

prime(wiring.receipts, wiring.mailer)


@observed()
def handler(event: dict[str, Any], context: Any) -> PartialItemFailureResponse:
    """Send a mail for each receipt of each paid order, once."""
    return process_messages(event, _send)


def _send(message: SQSRecord) -> None:
    paid = parse(json.loads(message.body)["detail"])
    outcome = wiring.receipts().mail(paid.data["orderId"], wiring.mailer(), datetime.now(UTC))
    logger.info("receipts by mail", extra={"eventId": paid.id, "orderId": paid.data["orderId"], "outcome": outcome})
