"""A mail was put under inbox/ → a ticket, a reply on one, or nothing"""

from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.data_classes import S3EventBridgeNotificationEvent, event_source

from knowledge_base.mail import wiring
from shared.json.encoding import moment
from shared.lifecycle.priming import prime
from shared.observability.invocations import observed
from shared.observability.logs import logger

prime(wiring.inbox)


@observed(correlation_paths.EVENT_BRIDGE)
@event_source(data_class=S3EventBridgeNotificationEvent)
def handler(event: S3EventBridgeNotificationEvent, context: Any) -> None:
    """Write a mail's words on the ticket that it belongs to, or a new one. Repeated events change nothing."""
    mail = event.detail.object
    received = wiring.inbox().receive(mail.key, mail.version_id, moment(event.time), datetime.now(UTC))
    fields = {"outcome": received.outcome.value, "ticketId": received.ticket_id, "reason": received.reason}
    logger.info("mail received", extra=fields | {"notice": received.notice})
