"""Where orders are sent: commerce knows, and its events do not say (docs/decisions/0073-receipts.md)."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from shared.aws.clients import client
from shared.aws.failures import unavailable_where_out_of_reach
from shared.errors import Unavailable
from shared.json.encoding import encode

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient


class CommerceDeliveries:
    """`function_arn` is commerce's FindDelivery; `none` where there is no shop."""

    def __init__(self, function_arn: str) -> None:
        self._lambda: LambdaClient = client("lambda", read_seconds=15.0)  # it may have to start
        self._function_arn = function_arn

    def find(self, order_id: str, user_id: str) -> Sequence[str]:
        """One Invoke."""
        if self._function_arn == "none":
            return ()
        request = encode({"orderId": order_id, "userId": user_id}).encode()
        with unavailable_where_out_of_reach():
            answer = self._lambda.invoke(FunctionName=self._function_arn, Payload=request)
            payload = answer["Payload"].read()
        if "FunctionError" in answer:
            raise Unavailable("The shop does not say where it sends the order.")
        found = json.loads(payload)["delivery"]
        return _lines(**found) if found else ()


def _lines(*, name: str, line1: str, line2: str | None, city: str, postcode: str, country: str) -> Sequence[str]:
    return [line for line in (name, line1, line2, f"{city} {postcode}", country) if line]
