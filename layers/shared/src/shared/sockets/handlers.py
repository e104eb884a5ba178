"""Lambda functions that what happens to a socket starts."""

import functools
from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.data_classes import APIGatewayWebSocketEvent, event_source

from shared.observability.invocations import observed


def socket_handler(handle: Callable[[APIGatewayWebSocketEvent], object]) -> Callable[[dict[str, Any], Any], Any]:
    """Make a Lambda handler of a function that says nothing to API Gateway: whoever is at the socket gets messages.

    What it raises refuses a socket that is being opened; of one that is open, it becomes an error to the client.
    """

    @observed(correlation_paths.API_GATEWAY_REST)  # events of sockets have their id in the same place
    @event_source(data_class=APIGatewayWebSocketEvent)
    @functools.wraps(handle)
    def handler(event: APIGatewayWebSocketEvent, context: Any) -> dict[str, int]:
        handle(event)
        return {"statusCode": 200}

    return handler
