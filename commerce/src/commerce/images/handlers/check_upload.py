"""An object was put under uploads/ → the image of a product, or nothing"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from commerce.images import wiring
from commerce.images.domain.images import inspect_upload
from shared.observability.logs import logger


def handler(event: Mapping[str, Any], context: Any) -> None:
    """Look at an upload and show it, or discard it; the log says what became of it, and why."""
    _, product_id, image_id = event["detail"]["object"]["key"].split("/")
    outcome = inspect_upload(product_id, image_id, wiring.products(), wiring.gallery(), datetime.now(UTC))
    logger.info("upload inspected", extra={"productId": product_id, "imageId": image_id, "outcome": outcome.value})
