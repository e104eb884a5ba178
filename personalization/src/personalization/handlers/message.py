"""$default: whatever comes over a socket"""

from collections.abc import Mapping
from typing import Any

from personalization import live
from personalization.live_messages import accept
from shared.logs import logger


def handler(event: Mapping[str, Any], context: Any) -> dict[str, int]:
    """Answers over the socket itself, what cannot be understood with an error; the socket stays open."""
    live.door(accept).receive(event)
    logger.info("message", extra={"connectionId": event["requestContext"]["connectionId"]})
    return {"statusCode": 200}
