"""$connect: a socket begins"""

from datetime import UTC, datetime

from aws_lambda_powertools.utilities.data_classes import APIGatewayWebSocketEvent

from commerce.support import wiring
from shared.lifecycle.priming import prime
from shared.sockets.handlers import socket_handler
from shared.sockets.lifecycle import register

prime(wiring.connections)


@socket_handler
def handler(event: APIGatewayWebSocketEvent) -> None:
    """Register the socket. A failure refuses it, and the client retries with another ticket."""
    register(event, wiring.connections(), datetime.now(UTC))
