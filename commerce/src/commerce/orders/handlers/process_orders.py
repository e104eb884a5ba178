"""Paid checkouts of the OrderQueue → orders"""

import json
from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from commerce.orders import wiring
from shared.events.batches import process_messages
from shared.lifecycle.priming import prime
from shared.observability.invocations import observed
from shared.observability.logs import logger

prime(wiring.order_processor)


@observed()
def handler(event: dict[str, Any], context: Any) -> PartialItemFailureResponse:
    """Make the order of each paid checkout, once, and tell the execution that waits for it."""
    return process_messages(event, _make_order)


def _make_order(message: SQSRecord) -> None:
    wanted = json.loads(message.body)
    checkout_id = wanted["checkoutId"]
    order_id = wiring.order_processor().process(checkout_id, wanted.get("taskToken"), datetime.now(UTC))
    logger.info("order", extra={"checkoutId": checkout_id, "orderId": order_id})
