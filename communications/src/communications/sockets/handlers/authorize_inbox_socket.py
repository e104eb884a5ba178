"""Opens a socket for whoever holds a ticket"""

from collections.abc import Mapping
from datetime import UTC, datetime

from aws_lambda_powertools.utilities.data_classes.api_gateway_authorizer_event import APIGatewayAuthorizerRequestEvent

from communications.sockets import wiring
from shared.auth.authorizers import socket_authorizer
from shared.lifecycle.priming import prime
from shared.sockets.lifecycle import admitted

prime(wiring.tickets, wiring.access)


@socket_authorizer
def handler(event: APIGatewayAuthorizerRequestEvent) -> Mapping[str, str]:
    """A ticket opens one socket, within a minute; not where its user has been signed out since."""
    query = event.query_string_parameters or {}
    return admitted(query, wiring.tickets(), wiring.access(), datetime.now(UTC))
