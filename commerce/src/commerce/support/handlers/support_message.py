"""$default: whatever comes over a socket"""

from aws_lambda_powertools.utilities.data_classes import APIGatewayWebSocketEvent

from commerce.support import wiring
from shared.lifecycle.priming import prime
from shared.observability.logs import logger
from shared.sockets.handlers import socket_handler

prime(wiring.socket_router, wiring.support_run_service)


@socket_handler
def handler(event: APIGatewayWebSocketEvent) -> None:
    """Answer a message over the socket. An invalid message gets an error, and the socket stays open."""
    wiring.socket_router().receive(event)
    logger.info("message", extra={"connectionId": event.request_context.connection_id})
