"""StockLow, by a queue → a notification for everybody on the staff"""

import json
from collections.abc import Set
from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from communications.notifications import wiring
from communications.notifications.domain.events import stock_news
from shared.events.batches import process_messages
from shared.events.domain_events import parse
from shared.lifecycle.priming import prime
from shared.observability.invocations import observed
from shared.observability.logs import logger
from shared.resilience.deadline import Deadline

prime(wiring.notifying, wiring.staff)

_WORK_SECONDS = 45  # of the function's 60


@observed()
def handler(event: dict[str, Any], context: Any) -> PartialItemFailureResponse:
    """Notify each of them, once. Repeated events change nothing."""
    members = wiring.staff().members()  # an import of products is many events
    return process_messages(event, lambda message: _notify(message, members), Deadline(_WORK_SECONDS))


def _notify(message: SQSRecord, members: Set[str]) -> None:
    brought = json.loads(message.body)
    name, low = brought["detail-type"], parse(brought["detail"])
    news = [stock_news(name, low, user_id) for user_id in sorted(members)]
    outcome = wiring.notifying().notify_all(news, datetime.now(UTC))
    logger.info("event", extra={"event": name, "eventId": low.id, "outcome": outcome})
