"""What a Lambda authorizer answers to API Gateway, REST and WebSocket alike."""

from collections.abc import Callable, Mapping
from typing import Any

from shared.errors import AlmonerError, TryLater
from shared.logs import logger


class Unauthorized(Exception):
    """API Gateway answers 401 to exactly this text."""

    def __init__(self) -> None:
        super().__init__("Unauthorized")


def authorizer(
    identify: Callable[[Mapping[str, Any]], Mapping[str, str]],
) -> Callable[[Mapping[str, Any], Any], dict[str, Any]]:
    """Make a Lambda handler of a function that says, as text by name, who sends the request.

    `userId` has to be among it. What it refuses with an AlmonerError becomes 401; where it cannot tell, 500.
    """

    def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
        try:
            known = identify(event)
        except TryLater:
            raise
        except AlmonerError as error:
            logger.info("refused", extra={"errorType": type(error).__name__})
            raise Unauthorized from error
        logger.info("allowed", extra={"userId": known["userId"]})
        statement = {"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": event["methodArn"]}
        policy = {"Version": "2012-10-17", "Statement": [statement]}
        return {"principalId": known["userId"], "policyDocument": policy, "context": dict(known)}

    return handler
