"""$connect: a socket and its conversation begin"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from personalization.agent.domain.conversation import Session
from personalization.sockets import wiring
from shared.observability.logs import logger
from shared.priming import prime
from shared.sockets.connections import CONNECTION_LIFE, connection_of

prime(wiring.connections, wiring.sessions)


def handler(event: Mapping[str, Any], context: Any) -> dict[str, int]:
    """Two puts: what fails here refuses the socket, and the client comes back with another ticket."""
    connection, now = connection_of(event), datetime.now(UTC)
    wiring.connections().add(connection, now + CONNECTION_LIFE)
    wiring.sessions().open(Session.as_of(connection.session_id, connection.caller.user_id, now))
    logger.info("connected", extra={"connectionId": connection.connection_id, "userId": connection.caller.user_id})
    return {"statusCode": 200}
