"""Calls of the help desk's handlers, as API Gateway makes them."""

from collections.abc import Mapping
from typing import Any

from tests.shared.gateway_events import access_claims, http_api_event
from tests.shared.handler_calls import Handler, answer_of, sent

STAFF, ADA = access_claims("sue", "[staff]"), access_claims("ada")


def call(
    handler: Handler,
    route: str,
    body: object = None,
    *,
    claims: Mapping[str, Any] | None = STAFF,
    headers: Mapping[str, str] | None = None,
    query: str = "",
    **path_parameters: str,
) -> tuple[int, Any]:
    """The status and the body of an answer; `claims` are the caller's, nobody's where they are None."""
    event = http_api_event(claims, {"content-type": "application/json"} | dict(headers or {}))
    method, _, path = route.partition(" ")
    path = path.format(**path_parameters)
    event["requestContext"]["http"] |= {"method": method, "path": path}
    event |= {"routeKey": route, "rawPath": path, "pathParameters": path_parameters}
    return answer_of(handler, event | {"body": sent(body), "rawQueryString": query})
