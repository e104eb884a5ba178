"""Finds the function of a route, where a Lambda function serves several, with Powertools' resolver."""

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, APIGatewayRestResolver, Response

from shared.http.contract import Gateway, Route
from shared.http.events import Event, route_of
from shared.http.response import Answer

type Serve = Callable[[Event], Answer]

# Powertools keeps its event in a class, where requests of other threads would overwrite it.
_event: ContextVar[Event] = ContextVar("event")


class Resolver:
    def __init__(self, kind: Gateway, *, not_found: Serve) -> None:
        self._resolver = (APIGatewayRestResolver if kind == "rest" else APIGatewayHttpResolver)(debug=False)
        self._resolver.not_found(lambda _: _response(not_found(_event.get())))

    def add(self, route: Route, serve: Serve) -> None:
        self._resolver.route(route.path, route.method)(lambda: _response(serve(_event.get())))

    def resolve(self, event: Event, context: Any) -> dict[str, Any]:
        token = _event.set(event)
        try:
            return self._resolver.resolve(_at_its_route(event), context)
        finally:
            _event.reset(token)


def _at_its_route(event: Event) -> dict[str, Any]:
    """The event with the gateway's route in the place of its path.

    The resolver matches paths, to which custom domains add prefixes and clients encoded slashes: it might find another
    route than the gateway, which has checked the token and the body for the one that it found.
    """
    path = route_of(event).partition(" ")[2]
    stage = (event.get("requestContext") or {}).get("stage", "$default")
    return {**event, "path": path, "rawPath": path if stage == "$default" else f"/{stage}{path}"}


def _response(answer: Answer) -> Response[str]:
    response = Response(answer.status, body=answer.body, headers=answer.headers)
    response.base64_encoded = answer.is_base64
    return response
