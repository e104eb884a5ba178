"""$default: ping and since"""

from aws_lambda_powertools.utilities.data_classes import APIGatewayWebSocketEvent

from communications.sockets import wiring
from shared.lifecycle.priming import prime
from shared.sockets.handlers import socket_handler

prime(wiring.router)


@socket_handler
def handler(event: APIGatewayWebSocketEvent) -> None:
    """Answer a ping with the last number of the inbox, and `since` with the entries that the client has missed."""
    wiring.router().receive(event)
