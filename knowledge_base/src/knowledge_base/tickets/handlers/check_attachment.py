"""An object was created under attachments/ → the attachment is accepted or refused"""

from typing import Any

from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.data_classes import S3EventBridgeNotificationEvent, event_source

from knowledge_base.tickets import wiring
from shared.lifecycle.priming import prime
from shared.observability.invocations import observed
from shared.observability.logs import logger

prime(wiring.inspection)


@observed(correlation_paths.EVENT_BRIDGE)
@event_source(data_class=S3EventBridgeNotificationEvent)
def handler(event: S3EventBridgeNotificationEvent, context: Any) -> None:
    """Inspect an upload; its record and the log have the verdict."""
    _, attachment_id = event.detail.object.key.split("/")
    state = wiring.inspection().inspect(attachment_id)
    logger.info("attachment inspected", extra={"attachmentId": attachment_id, "state": str(state)})
