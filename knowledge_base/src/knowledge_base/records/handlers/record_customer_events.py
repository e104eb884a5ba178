"""UserRegistered, OrderPaid, DonationReceived, …, by a queue → what there is of a customer"""

import json
from typing import Any

from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from knowledge_base.customers.domain.recording import record_event
from knowledge_base.records import wiring
from shared.events.batches import process_messages
from shared.events.domain_events import parse
from shared.lifecycle.priming import prime
from shared.observability.invocations import observed
from shared.observability.logs import logger
from shared.resilience.deadline import Deadline

prime(wiring.customer_facts)

_WORK_SECONDS = 20  # of the function's 30


@observed()
def handler(event: dict[str, Any], context: Any) -> PartialItemFailureResponse:
    """Record what each event says about a customer, once and in any order. What fails comes again, for a day."""
    return process_messages(event, _record, Deadline(_WORK_SECONDS))


def _record(message: SQSRecord) -> None:
    brought = json.loads(message.body)
    name, event = brought["detail-type"], parse(brought["detail"])
    outcome = record_event(name, event, wiring.customer_facts())
    logger.info("event", extra={"event": name, "eventId": event.id, "outcome": outcome})
