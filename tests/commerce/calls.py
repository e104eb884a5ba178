"""Calls of the shop's handlers, as API Gateway makes them."""

from collections.abc import Mapping
from typing import Any

from tests.shared.gateway_events import access_claims, rest_event
from tests.shared.handler_calls import Handler, answer_of, sent

ADMIN = access_claims("tom", "admin")


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
    """The status and the body of an answer; `claims` are the caller's, nobody's where there are none."""
    method, _, resource = route.partition(" ")
    event = rest_event(
        claims,
        query,
        {"Content-Type": "application/json"} | dict(headers or {}),
        resource,
        method=method,
        body=sent(body),
    )
    return answer_of(handler, event | {"pathParameters": path_parameters or None})
