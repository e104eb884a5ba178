"""$connect and $disconnect"""

from datetime import UTC, datetime

from aws_lambda_powertools.utilities.data_classes import APIGatewayWebSocketEvent

from communications.sockets import wiring
from shared.lifecycle.priming import prime
from shared.sockets.handlers import socket_handler
from shared.sockets.lifecycle import register, unregister

prime(wiring.connections)


@socket_handler
def handler(event: APIGatewayWebSocketEvent) -> None:
    """Register a socket that opens, and remove one that closes: best effort, for API Gateway does not always tell.

    A failure refuses the socket, and the client tries again with another ticket.
    """
    if event.request_context.route_key == "$disconnect":
        unregister(event, wiring.connections())
    else:
        register(event, wiring.connections(), datetime.now(UTC))
