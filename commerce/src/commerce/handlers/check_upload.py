"""An object was put under uploads/ → the image of a product, or nothing"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from commerce import uploads
from commerce.domain.images import inspect_upload
from shared.logs import logger


def handler(event: Mapping[str, Any], context: Any) -> None:
    """Look at an upload and show it, or discard it; the log says what became of it, and why."""
    _, product_id, image_id = event["detail"]["object"]["key"].split("/")
    outcome = inspect_upload(product_id, image_id, uploads.products(), uploads.gallery(), datetime.now(UTC))
    logger.info("upload inspected", extra={"productId": product_id, "imageId": image_id, "outcome": outcome.value})
