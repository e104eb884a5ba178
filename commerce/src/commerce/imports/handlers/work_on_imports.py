"""Imports in the background, by a queue → products"""

import json
from typing import Any

from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from commerce.imports import wiring
from shared.events.batches import process_messages
from shared.lifecycle.priming import prime
from shared.observability.invocations import observed
from shared.observability.logs import logger
from shared.resilience.deadline import Deadline

_WORK_SECONDS = 50  # of the function's 60

prime(wiring.worker)


@observed()
def handler(event: dict[str, Any], context: Any) -> PartialItemFailureResponse:
    """Go on with an import while there is time, and have it gone on with."""
    deadline = Deadline(_WORK_SECONDS)

    def work(record: SQSRecord) -> None:
        import_id = json.loads(record.body)["importId"]
        state = wiring.worker().work(import_id, deadline)
        logger.info("worked on an import", extra={"importId": import_id, "state": state})

    return process_messages(event, work, deadline)
