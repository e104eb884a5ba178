"""What becomes of a request to a route: an answer in every case, with the headers that every answer has."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from shared.errors import AlmonerError, TryLater, Unauthenticated
from shared.http import edge
from shared.http.compression import compressed
from shared.http.conditional_reads import revalidated
from shared.http.contract import EVENT_STREAM, JSON, NO_STORE, Route, Text
from shared.http.events import Event, request_id_of, route_of
from shared.http.problems import problem_of
from shared.http.request import Request
from shared.http.response import Answer, Response
from shared.http.statuses import status_of
from shared.json.encoding import encode
from shared.observability.logs import logger, without_message

_PROBLEM = "application/problem+json"


def serve(route: Route, handle: Callable[[Any], object], event: Event) -> Answer:
    """What the route's function answers, or the problem that it or the edge has with the request."""
    try:
        answer = _served(route, handle, event)
    except Exception as error:  # noqa: BLE001  the last resort: the caller gets a problem, and we the trace
        return problem(error, event)
    return compressed(answer, event) if _may_be_compressed(route) else answer


def head(route: Route, handle: Callable[[Any], object], event: Event) -> Answer:
    """What GET answers to the request, without the body."""
    return serve(route, handle, event)._replace(body="")


def _served(route: Route, handle: Callable[[Any], object], event: Event) -> Answer:
    request: Request[Any] = Request(event, route)
    if not route.callers.authorizer:
        return _handled(route, handle, request)
    if route.serves_signed_out:
        route.callers.admit(request.caller)
        return _handled(route, handle, request)
    with edge.access().required(request.caller, datetime.now(UTC)):
        route.callers.admit(request.caller)
        return _handled(route, handle, request)


def _handled(route: Route, handle: Callable[[Any], object], request: Request[Any]) -> Answer:
    request.parameters  # noqa: B018  refuses what is wrong with them, before a word about the body
    result = handle(request)
    response = result if isinstance(result, Response) else Response(next(iter(route.answers)), result)
    answer = _answered(route, response)
    if not route.is_public_read:
        return answer
    return revalidated(answer, request.event, cached_by_gateway=route.cached_by_gateway())


def _answered(route: Route, response: Response) -> Answer:
    headers = {"Cache-Control": route.cache_control, **response.headers}
    match route.answers[response.status]:
        case None:
            return _answer(response.status, headers, "")
        case Text() as text:
            return _answer(response.status, headers, str(response.body), text.content_type)
        case _:
            return _answer(response.status, headers, encode(response.body), JSON)


def _may_be_compressed(route: Route) -> bool:
    """The gateway of a REST API does it; of a stream, each event is to arrive when it is sent."""
    return route.gateway == "http" and EVENT_STREAM not in route.answers.values()


def problem(error: Exception, event: Event) -> Answer:
    """Problem details of an error; a bug is logged, and tells the caller nothing but where to look."""
    headers = {"Cache-Control": NO_STORE}
    refusal = error if isinstance(error, AlmonerError) else None
    if refusal is None:
        logger.error("request failed", extra={"route": route_of(event)} | without_message(error))
    if isinstance(error, TryLater):
        headers["Retry-After"] = str(error.retry_after_seconds)
    if isinstance(error, Unauthenticated):
        headers["WWW-Authenticate"] = "Bearer"
    details = {"type": "about:blank", **problem_of(refusal), "instance": f"urn:request:{request_id_of(event)}"}
    return _answer(int(status_of(refusal)), headers, encode(details), _PROBLEM)


def _answer(status: int, headers: Mapping[str, str], body: str, media_type: str = "") -> Answer:
    # Not the resolver's CORS, which answers by the Origin of one request: the gateway caches answers for all.
    common = {
        "Access-Control-Allow-Origin": edge.edge_settings().allowed_origin,
        "Access-Control-Expose-Headers": "ETag,Retry-After",
        "X-Content-Type-Options": "nosniff",
    }
    content_type = {"Content-Type": media_type} if media_type else {}
    return Answer(status, {**content_type, **common, **headers}, body)
