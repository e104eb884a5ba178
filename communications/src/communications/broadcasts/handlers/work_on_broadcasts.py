"""Pages of broadcasts, by a queue → notifications"""

import json
from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from communications.broadcasts import wiring
from shared.events.batches import process_messages
from shared.lifecycle.priming import prime
from shared.observability.invocations import observed
from shared.observability.logs import logger
from shared.resilience.deadline import Deadline

_WORK_SECONDS = 100  # of the function's 120

prime(wiring.broadcasting, wiring.pages)


@observed()
def handler(event: dict[str, Any], context: Any) -> PartialItemFailureResponse:
    """Notify a page of people, and put the next page into the queue, as late as the rate of mails asks for."""
    return process_messages(event, _work, Deadline(_WORK_SECONDS))


def _work(record: SQSRecord) -> None:
    message, now = json.loads(record.body), datetime.now(UTC)
    broadcast_id, page = message["broadcastId"], message["page"]
    rate = wiring.mails_per_second()
    outcome = wiring.broadcasting().do_page(broadcast_id, page, wiring.pages(), rate, now)
    logger.info("page of a broadcast", extra={"broadcastId": broadcast_id, "page": page, "outcome": outcome})
