"""An object was created under uploads/ → an image of a product, or nothing"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from commerce.images import wiring
from commerce.images.domain.images import inspect_upload
from shared.observability.logs import logger
from shared.priming import prime

prime(wiring.products, wiring.gallery)


def handler(event: Mapping[str, Any], context: Any) -> None:
    """Inspect an upload, then publish or discard it; the log has the result."""
    _, product_id, image_id = event["detail"]["object"]["key"].split("/")
    outcome = inspect_upload(product_id, image_id, wiring.products(), wiring.gallery(), datetime.now(UTC))
    logger.info("upload inspected", extra={"productId": product_id, "imageId": image_id, "outcome": outcome.value})
