"""What SES reports of mail, by the default bus and a queue → rows and suppressed addresses"""

import json
from typing import Any

from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from communications.sending import wiring
from shared.events.batches import process_messages
from shared.lifecycle.priming import prime
from shared.observability.invocations import observed
from shared.observability.logs import logger

prime(wiring.mail_reports)


@observed()
def handler(event: dict[str, Any], context: Any) -> PartialItemFailureResponse:
    """Note each report. In any order, and twice, they come to the same."""
    return process_messages(event, _note)


def _note(message: SQSRecord) -> None:
    report = wiring.mail_event(json.loads(message.body)["detail"])
    outcome = wiring.mail_reports().note(report) if report else "no news"
    logger.info("mail report", extra={"outcome": outcome})
