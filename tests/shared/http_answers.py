"""What a handler answers to an event."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from shared.http.api import Api
from shared.http.callers import ANYBODY
from shared.http.events import route_of
from shared.http.request import Request
from tests.shared.gateway_events import rest_event
from tests.shared.lambda_context import CONTEXT


def answer_to(
    handle: Callable[[Request[Any]], object], event: Mapping[str, Any] | None = None, **contract: Any
) -> dict[str, Any]:
    """With the answer's JSON as `json`, and its headers by name. The route is the event's, the contract as given."""
    event = rest_event() if event is None else event
    app = Api(kind="http" if "routeKey" in event else "rest")
    defaults: dict[str, Any] = {"answers": {200: object}, "callers": ANYBODY}
    app.route(route_of(event), **defaults | contract)(handle)
    answer = app(event, CONTEXT)
    headers = headers_of(answer)
    is_json = "json" in headers.get("Content-Type", "")
    return answer | {"json": json.loads(answer["body"]) if is_json else None, "headers": headers}


def answer_to_error(error: Exception, event: Mapping[str, Any] | None = None) -> dict[str, Any]:
    def handle(_: Request) -> object:
        raise error

    return answer_to(handle, event)


def headers_of(answer: Mapping[str, Any]) -> dict[str, str]:
    """A proxy answer's headers; each of them comes once."""
    if "headers" in answer:  # of a function with one route, or of an HTTP API
        return dict(answer["headers"])
    headers = {}
    for name, values in answer["multiValueHeaders"].items():
        [headers[name]] = values
    return headers
