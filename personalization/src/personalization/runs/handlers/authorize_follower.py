"""Lets whoever has a token, or a ticket for the run, follow it by Server-Sent Events"""

from collections.abc import Mapping
from datetime import UTC, datetime

from aws_lambda_powertools.utilities.data_classes.api_gateway_authorizer_event import APIGatewayAuthorizerRequestEvent

from personalization.runs import wiring
from shared.auth.authorizers import authorizer
from shared.auth.callers import authorizer_context
from shared.http.edge import caller_of, edge_settings
from shared.http.events import path_parameters, query_parameters
from shared.lifecycle.priming import prime

prime(edge_settings, wiring.run_tickets, wiring.access)


@authorizer
def handler(event: APIGatewayAuthorizerRequestEvent) -> Mapping[str, str]:
    """EventSource sends no headers: it brings a ticket in its URL. Whose the run is, the function looks up itself."""
    now = datetime.now(UTC)
    tickets = query_parameters(event).get("ticket")
    if tickets:
        caller = wiring.run_tickets().read(tickets[0], path_parameters(event)["runId"], now).caller
    else:
        caller = caller_of(event)
    wiring.access().require(caller, now)
    return authorizer_context(caller)
