"""An object was created under uploads/ → an image of a product, or nothing"""

from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.data_classes import S3EventBridgeNotificationEvent, event_source

from commerce.images import wiring
from shared.lifecycle.priming import prime
from shared.observability.invocations import observed
from shared.observability.logs import logger

prime(wiring.inspection)


@observed(correlation_paths.EVENT_BRIDGE)
@event_source(data_class=S3EventBridgeNotificationEvent)
def handler(event: S3EventBridgeNotificationEvent, context: Any) -> None:
    """Inspect an upload, then publish or discard it; its record and the log have the result."""
    _, product_id, image_id = event.detail.object.key.split("/")
    outcome = wiring.inspection().inspect(product_id, image_id, datetime.now(UTC))
    logger.info("upload inspected", extra={"productId": product_id, "imageId": image_id, "outcome": outcome.value})
