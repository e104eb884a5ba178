"""Calls of the shop's handlers, as API Gateway makes them."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from tests.shared.gateway_events import access_claims, rest_event
from tests.shared.lambda_context import CONTEXT

type Handler = Callable[[Mapping[str, Any], Any], dict[str, Any]]

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
        body=body if isinstance(body, str) or body is None else json.dumps(body),
    )
    answer = handler(event | {"pathParameters": path_parameters or None}, CONTEXT)
    return answer["statusCode"], json.loads(answer["body"]) if answer["body"] else None
