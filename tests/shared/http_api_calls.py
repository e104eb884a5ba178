"""Calls of handlers, as the gateway of an HTTP API makes them."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from tests.shared.gateway_events import access_claims, http_api_event
from tests.shared.handler_calls import Handler, answer_of, sent

ADMIN = access_claims("tom", "[admin]")
SUPPORTER = access_claims("ada")


def call(
    handler: Handler,
    route: str,
    body: object = None,
    *,
    claims: Mapping[str, Any] | None = None,
    query: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    **path_parameters: str,
) -> tuple[int, Any]:
    """The status and the body of an answer; `claims` are the caller's."""
    event = http_api_event(claims, {"content-type": "application/json", **(headers or {})}) | {
        "routeKey": route,
        "rawQueryString": urlencode(query or {}),
        "pathParameters": path_parameters,
        "body": sent(body),
    }
    event["requestContext"]["http"] = {"method": route.partition(" ")[0], "path": "/"}
    return answer_of(handler, event)
