"""What a handler answers to an event."""

import json
from collections.abc import Callable
from typing import Any

from shared.http.routes import Request, Response, route
from tests.shared.gateway_events import rest_event


def answer_to(handle: Callable[[Request], Response], event: dict[str, Any] | None = None) -> dict[str, Any]:
    answer = route(handle)(rest_event() if event is None else event, None)
    return answer | {"json": json.loads(answer["body"])}


def answer_to_error(error: Exception, event: dict[str, Any] | None = None) -> dict[str, Any]:
    def handle(_: Request) -> Response:
        raise error

    return answer_to(handle, event)
