"""$default: whatever comes over a socket"""

from collections.abc import Mapping
from typing import Any

from personalization.runs import wiring
from shared.observability.logs import logger
from shared.priming import prime

prime(wiring.socket_router, wiring.message_service)


def handler(event: Mapping[str, Any], context: Any) -> dict[str, int]:
    """Every answer goes over the socket; a message that cannot be understood gets an error, and the socket stays."""
    wiring.socket_router().receive(event)
    logger.info("message", extra={"connectionId": event["requestContext"]["connectionId"]})
    return {"statusCode": 200}
