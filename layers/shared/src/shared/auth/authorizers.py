"""What a Lambda authorizer answers to API Gateway: for routes of a REST API, and for the opening of a socket."""

import functools
from collections.abc import Callable, Mapping
from typing import Any, Literal

from shared.errors import AlmonerError, TryLater
from shared.observability.logs import logger

type Event = Mapping[str, Any]
type Identify = Callable[[Event], Mapping[str, str]]
type Authorizer = Callable[[Event, Any], dict[str, Any]]


class Unauthorized(Exception):
    """API Gateway's REST APIs answer 401 to exactly this text."""

    def __init__(self) -> None:
        super().__init__("Unauthorized")


def authorizer(identify: Identify) -> Authorizer:
    """Make an authorizer of a function that says, as text by name, who sends the request; `userId` is among it.

    What it refuses with an AlmonerError becomes 401; where it cannot tell, 500.
    """

    @functools.wraps(identify)
    def handler(event: Event, context: Any) -> dict[str, Any]:
        identity = _identified(identify, event)
        if identity is None:
            raise Unauthorized
        return _policy("Allow", event, identity)

    return handler


def socket_authorizer(identify: Identify) -> Authorizer:
    """The same for the opening of a socket; what is refused becomes 403, and no failure of the function."""

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
    statement = {"Action": "execute-api:Invoke", "Effect": effect, "Resource": event["methodArn"]}
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    return {"principalId": identity["userId"], "policyDocument": policy, "context": dict(identity)}
