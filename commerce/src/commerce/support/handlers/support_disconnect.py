"""$disconnect: a socket is closed; best effort, for API Gateway does not always tell"""

from aws_lambda_powertools.utilities.data_classes import APIGatewayWebSocketEvent

from commerce.support import wiring
from shared.lifecycle.priming import prime
from shared.sockets.handlers import socket_handler
from shared.sockets.lifecycle import unregister

prime(wiring.connections)


@socket_handler
def handler(event: APIGatewayWebSocketEvent) -> None:
    """Remove the socket. Its conversation may continue over another one."""
    unregister(event, wiring.connections())
