"""Users whose addresses may have changed, by a queue → their records follow the user pool"""

from typing import Any

from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from communications.users import wiring
from communications.users.domain.addresses import PhoneTaken
from shared.events.batches import process_messages
from shared.lifecycle.priming import prime
from shared.observability.invocations import observed
from shared.observability.logs import logger

prime(wiring.synchronizing)


@observed()
def handler(event: dict[str, Any], context: Any) -> PartialItemFailureResponse:
    """Finish what broke off after the user pool had verified an address. Twice does no harm."""
    return process_messages(event, _synchronize)


def _synchronize(message: SQSRecord) -> None:
    user_id = message.body
    try:
        outcome = "follows" if wiring.synchronizing().follow(user_id) else "no such user"
    except PhoneTaken:
        outcome = "has the former number again"
    logger.info("synchronized", extra={"userId": user_id, "outcome": outcome})
