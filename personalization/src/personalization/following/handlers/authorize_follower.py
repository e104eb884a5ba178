"""Lets whoever has a token, or a ticket for the run, follow it by Server-Sent Events"""

from collections.abc import Mapping
from datetime import UTC, datetime

from aws_lambda_powertools.utilities.data_classes.api_gateway_authorizer_event import APIGatewayAuthorizerRequestEvent

from personalization.following import wiring
from shared.auth.authorizers import authorizer
from shared.http.edge import edge_settings
from shared.lifecycle.priming import prime
from shared.runs.routes import run_follower

prime(edge_settings, wiring.run_tickets, wiring.access)


@authorizer
def handler(event: APIGatewayAuthorizerRequestEvent) -> Mapping[str, str]:
    """Whose the run is, the function looks up itself."""
    return run_follower(event, wiring.run_tickets(), wiring.access(), datetime.now(UTC))
