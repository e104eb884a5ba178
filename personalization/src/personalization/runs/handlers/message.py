"""$default: whatever comes over a socket"""

from collections.abc import Mapping
from typing import Any

from personalization.runs import wiring
from personalization.runs.messages import accept
from shared.observability.logs import logger


def handler(event: Mapping[str, Any], context: Any) -> dict[str, int]:
    """Answers over the socket itself, what cannot be understood with an error; the socket stays open."""
    wiring.door(accept).receive(event)
    logger.info("message", extra={"connectionId": event["requestContext"]["connectionId"]})
    return {"statusCode": 200}
