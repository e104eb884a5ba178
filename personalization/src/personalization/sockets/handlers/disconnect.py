"""$disconnect: a socket is closed; best effort, for API Gateway does not always tell"""

from collections.abc import Mapping
from typing import Any

from personalization.sockets import wiring
from shared.observability.logs import logger
from shared.priming import prime

prime(wiring.connections)


def handler(event: Mapping[str, Any], context: Any) -> dict[str, int]:
    """One delete. Its conversation goes on: another socket may take it up."""
    connection_id = event["requestContext"]["connectionId"]
    wiring.connections().remove(connection_id)
    logger.info("disconnected", extra={"connectionId": connection_id})
    return {"statusCode": 200}
