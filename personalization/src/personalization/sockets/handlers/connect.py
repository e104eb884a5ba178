"""$connect: a socket and its conversation begin"""

from datetime import UTC, datetime

from aws_lambda_powertools.utilities.data_classes import APIGatewayWebSocketEvent

from personalization.agent.domain.conversation import Session
from personalization.sockets import wiring
from shared.lifecycle.priming import prime
from shared.observability.logs import logger
from shared.sockets.connections import CONNECTION_LIFE, connection_of
from shared.sockets.handlers import socket_handler

prime(wiring.connections, wiring.sessions)


@socket_handler
def handler(event: APIGatewayWebSocketEvent) -> None:
    """Register the socket and its session. A failure refuses the socket, and the client retries with another ticket."""
    connection, now = connection_of(event), datetime.now(UTC)
    wiring.connections().add(connection, now + CONNECTION_LIFE)
    wiring.sessions().open(Session.as_of(connection.session_id, connection.caller.user_id, now))
    logger.info("connected", extra={"connectionId": connection.connection_id, "userId": connection.caller.user_id})
