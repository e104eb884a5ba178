"""What a Lambda authorizer answers to API Gateway: for routes of a REST API, and for the opening of a socket."""

import functools
from collections.abc import Callable, Mapping
from typing import Any, Literal

from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.data_classes import event_source
from aws_lambda_powertools.utilities.data_classes.api_gateway_authorizer_event import APIGatewayAuthorizerRequestEvent

from shared.errors import AlmonerError, PublicError, TryLater
from shared.observability.invocations import observed
from shared.observability.logs import logger

type Event = APIGatewayAuthorizerRequestEvent
type Identify = Callable[[Event], Mapping[str, str]]
type Authorizer = Callable[[dict[str, Any], Any], dict[str, Any]]

_observed = observed(correlation_paths.API_GATEWAY_REST)  # events of sockets have their id in the same place


class Unauthorized(PublicError):
    """API Gateway's REST APIs answer 401 to exactly this text."""

    def __init__(self) -> None:
        super().__init__("Unauthorized")


def authorizer(identify: Identify) -> Authorizer:
    """Make an authorizer of a function that says, as text by name, who sends the request; `userId` is among it.

    What it refuses with an AlmonerError becomes 401; where it cannot tell, 500.
    """

    @_observed
    @event_source(data_class=APIGatewayAuthorizerRequestEvent)
    @functools.wraps(identify)
    def handler(event: Event, context: Any) -> dict[str, Any]:
        identity = _identified(identify, event)
        if identity is None:
            raise Unauthorized
        return _policy("Allow", event, identity)

    return handler


def socket_authorizer(identify: Identify) -> Authorizer:
    """The same for the opening of a socket; what is refused becomes 403, and no failure of the function."""

    @_observed
    @event_source(data_class=APIGatewayAuthorizerRequestEvent)
    @functools.wraps(identify)
    def handler(event: Event, context: Any) -> dict[str, Any]:
        identity = _identified(identify, event)
        return _policy("Deny", event, {"userId": "nobody"}) if identity is None else _policy("Allow", event, identity)

    return handler


def _identified(identify: Identify, event: Event) -> Mapping[str, str] | None:
    try:
        identity = identify(event)
    except TryLater:
        raise
    except AlmonerError as error:
        logger.info("refused", extra={"error": type(error).__name__})
        return None
    logger.info("allowed", extra={"userId": identity["userId"]})
    return identity


def _policy(effect: Literal["Allow", "Deny"], event: Event, identity: Mapping[str, str]) -> dict[str, Any]:
    # For this request only. Powertools' APIGatewayAuthorizerResponse builds the ARN anew: always in the
    # partition `aws`, and with an error for paths that hold other characters than it expects.
    statement = {"Action": "execute-api:Invoke", "Effect": effect, "Resource": event.method_arn}
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    return {"principalId": identity["userId"], "policyDocument": policy, "context": dict(identity)}
