"""An object was created under uploads/ → its import starts"""

from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.data_classes import S3EventBridgeNotificationEvent, event_source

from commerce.imports import wiring
from shared.lifecycle.priming import prime
from shared.observability.invocations import observed
from shared.observability.logs import logger

prime(wiring.starter)


@observed(correlation_paths.EVENT_BRIDGE)
@event_source(data_class=S3EventBridgeNotificationEvent)
def handler(event: S3EventBridgeNotificationEvent, context: Any) -> None:
    """Have the import of an uploaded file worked on."""
    _, import_id = event.detail.object.key.split("/")
    state = wiring.starter().start_uploaded(import_id, datetime.now(UTC))
    logger.info("import uploaded", extra={"importId": import_id, "state": state})
