"""What the payment provider reports, and checkouts and orders to look after → where their payments are"""

import json
from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from commerce.payments.domain.events import PaymentEvent
from commerce.settlement import wiring
from shared.events.batches import process_messages
from shared.lifecycle.priming import prime
from shared.observability.invocations import observed
from shared.observability.logs import logger
from shared.resilience.deadline import Deadline

_WORK_SECONDS = 50  # of the function's 60

prime(wiring.checkout_payments, wiring.refunds, wiring.settler)


@observed()
def handler(event: dict[str, Any], context: Any) -> PartialItemFailureResponse:
    """Ask the provider how things stand, and follow. What fails, or is not begun in time, comes again."""
    return process_messages(event, _settle, Deadline(_WORK_SECONDS))


def _settle(record: SQSRecord) -> None:
    message, now = json.loads(record.body), datetime.now(UTC)
    if "checkoutId" in message:
        outcome = wiring.checkout_payments().settle(message["checkoutId"], now)
        logger.info("checkout settled", extra={"checkoutId": message["checkoutId"], "outcome": outcome.value})
    elif "orderId" in message:
        order = wiring.refunds().look_after(message["orderId"], now)
        logger.info("order settled", extra={"orderId": order.order_id, "payment": order.payment.value})
    else:
        event = PaymentEvent.of(message)
        fields = {"eventId": event.event_id, "kind": event.kind, "outcome": wiring.settler().settle(event, now)}
        logger.info("payment event", extra=fields)
