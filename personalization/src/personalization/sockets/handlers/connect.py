"""$connect: a socket and its conversation begin"""

from datetime import UTC, datetime

from aws_lambda_powertools.utilities.data_classes import APIGatewayWebSocketEvent

from personalization.agent.domain.conversation import Session
from personalization.sockets import wiring
from shared.lifecycle.priming import prime
from shared.sockets.handlers import socket_handler
from shared.sockets.lifecycle import register

prime(wiring.connections, wiring.sessions)


@socket_handler
def handler(event: APIGatewayWebSocketEvent) -> None:
    """Register the socket and its session. A failure refuses the socket, and the client retries with another ticket."""
    now = datetime.now(UTC)
    connection = register(event, wiring.connections(), now)
    wiring.sessions().open(Session.as_of(connection.session_id, connection.caller.user_id, now))
