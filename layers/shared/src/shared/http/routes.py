"""The edge of every REST and HTTP route: reads the event, calls the handler, answers, and turns errors into problems.

Problems are those of RFC 9457; `shared.http.statuses` chooses their status.
"""

import functools
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from shared.auth.callers import Caller
from shared.errors import (
    AlmonerError,
    Conflict,
    FieldError,
    Invalid,
    Malformed,
    NotFound,
    TryLater,
    Unauthenticated,
)
from shared.http.edge import caller_of, edge_settings
from shared.http.parameters import idempotency_key, read_parameters
from shared.http.raw_body import media_type, raw_body, read_json
from shared.http.statuses import status_of
from shared.idempotency.claims import HEADER, Claim, claim_of
from shared.json.encoding import encode
from shared.observability.logs import logger, without_message
from shared.observability.metrics import Metrics, with_metrics

if TYPE_CHECKING:  # only lists need it
    from shared.http.cursors import Cursors

_JSON = "application/json"
_METRICS: Metrics = {("route",): ("durationMs", "clientErrors", "serverErrors")}

type Event = Mapping[str, Any]
type Answer = dict[str, Any]


class Request:
    """An API Gateway proxy event, read lazily."""

    def __init__(self, event: Event) -> None:
        self.event = event

    @functools.cached_property
    def caller(self) -> Caller:
        """Raises Unauthenticated."""
        return caller_of(self.event)

    @property
    def route(self) -> str:
        """`GET /profile`: the route's template, never the path with its ids or the query."""
        return _route_of(self.event)

    @property
    def path_parameters(self) -> Mapping[str, str]:
        return self.event.get("pathParameters") or {}

    def header(self, name: str) -> str | None:
        """A header's value; None where there is none. Raises Malformed where it comes twice."""
        several = self.event.get("multiValueHeaders") or {
            key: [value] for key, value in (self.event.get("headers") or {}).items()
        }
        values = [str(value) for key, given in several.items() if key.lower() == name.lower() for value in given]
        if len(values) > 1:
            raise Malformed(f"The header {name} may come once.", [FieldError(name, "may come once")])
        return values[0] if values else None

    @property
    def media_type(self) -> str:
        """Of the body: `application/json`; empty where the request does not say."""
        return media_type(self.event)

    def raw_body(self, max_bytes: int) -> bytes:
        """The body of whatever type. Raises Malformed or TooLarge."""
        return raw_body(self.event, max_bytes)

    def json(self, max_bytes: int) -> object:
        """The body. Raises Malformed, TooLarge or UnsupportedMediaType."""
        return read_json(self.event, max_bytes)

    def claim(self, body: object, *, required: bool = False) -> Claim | None:
        """The claim of the Idempotency-Key; None without one. Raises Malformed for a bad or missing key."""
        asked = [dict(self.path_parameters), body]
        key = read_parameters([idempotency_key(is_required=required)], {"headers": self.event.get("headers")})
        return claim_of(self.caller.user_id, self.route, key["header", HEADER], asked)

    def query(self, name: str, *, longest: int = 128) -> str:
        """A query parameter that must be there, once, not blank and at most `longest` characters. Raises Malformed."""
        values = self._query_values(name)
        if len(values) != 1 or not values[0].strip() or len(values[0]) > longest:
            message = f"is required, once, not blank and at most {longest} characters long"
            raise Malformed(f"The query parameter {name} {message}.", [FieldError(name, message)])
        return values[0]

    def optional_query(self, name: str, *, longest: int = 128) -> str | None:
        """A query parameter that may be left out. Raises Malformed for one that is blank, repeated or too long."""
        return self.query(name, longest=longest) if self._query_values(name) else None

    def path(self, name: str, pattern: str) -> str:
        """A parameter of the path, which matches the pattern as a whole. Raises Malformed."""
        value = str((self.event.get("pathParameters") or {}).get(name, ""))
        if not re.fullmatch(pattern, value):
            message = f"must match {pattern}"
            raise Malformed(f"The path parameter {name} {message}.", [FieldError(name, message)])
        return value

    def path_id(self, name: str) -> str:
        """An id in the path. Raises NotFound for what is no id: nothing has it."""
        value = str(self.path_parameters.get(name, ""))
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,128}", value):
            raise NotFound("There is no such thing.")
        return value

    def page(self, cursors: "Cursors", scope: str, *, size: int = 20, most: int = 100) -> tuple[str | None, int]:
        """Where a list is to be read from, and how many at most: `?cursor=&limit=`. Raises Malformed."""
        limit = self.whole_number("limit", least=1, most=most, default=size)
        return cursors.read(scope, self.optional_query("cursor", longest=1024)), limit

    def whole_number(self, name: str, *, least: int, most: int, default: int) -> int:
        """A query parameter of ASCII digits. Raises Malformed."""
        found = self.optional_whole_number(name, least=least, most=most)
        return default if found is None else found

    def optional_whole_number(self, name: str, *, least: int, most: int) -> int | None:
        """A query parameter of ASCII digits that may be left out. Raises Malformed."""
        text = self.optional_query(name)
        if text is None:
            return None
        if not (text.isascii() and text.isdigit() and len(text) <= len(str(most)) and least <= int(text) <= most):
            message = f"is a whole number from {least} to {most}"
            raise Malformed(f"The query parameter {name} {message}.", [FieldError(name, message)])
        return int(text)

    def choice[E: StrEnum](self, name: str, choices: type[E]) -> E | None:
        """A query parameter that names one of the choices; None where it is left out. Raises Malformed; Invalid."""
        text = self.optional_query(name)
        if text is None:
            return None
        if text not in set(choices):
            message = f"is one of {', '.join(choices)}"
            raise Invalid(f"{name} {message}.", [FieldError(name, message)])
        return choices(text)

    def _query_values(self, name: str) -> list[str]:
        """Every value of a parameter; HTTP APIs join them with commas and keep them apart in the raw query only."""
        if "rawQueryString" in self.event:
            return parse_qs(self.event["rawQueryString"], keep_blank_values=True).get(name, [])
        single = self.event.get("queryStringParameters") or {}
        several = self.event.get("multiValueQueryStringParameters") or {name: [value] for name, value in single.items()}
        return list(several.get(name, []))


@dataclass(frozen=True, slots=True)
class Response:
    """A successful answer: `body` is what `shared.json.encoding` can encode; of another type than JSON, it is text."""

    body: object
    status: HTTPStatus = HTTPStatus.OK
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = _JSON

    @property
    def text(self) -> str:
        if self.status is HTTPStatus.NO_CONTENT:
            return ""
        return encode(self.body) if self.content_type == _JSON else str(self.body)


def route(handle: Callable[[Request], Response]) -> Callable[[Event, Any], Answer]:
    """Make a Lambda handler of a function from request to response."""

    @functools.wraps(handle)
    def handler(event: Event, context: Any) -> Answer:
        started = time.perf_counter()
        try:
            response = handle(Request(event))
            answer = _answer(response.status, response.text, response.content_type, response.headers)
        except AlmonerError as error:
            answer = _problem(error, event)
        except Exception as error:  # noqa: BLE001  the last resort: the caller gets a problem, and we the trace
            logger.error("request failed", extra={"route": _route_of(event)} | without_message(error))
            answer = _problem(None, event)
        duration_ms = round((time.perf_counter() - started) * 1000, 1)
        status = answer["statusCode"]
        told = {
            "route": _route_of(event),
            "status": status,
            "apiRequestId": _request_id(event),
            "durationMs": duration_ms,
            "clientErrors": int(400 <= status < 500),
            "serverErrors": int(status >= 500),
        }
        logger.info("request", extra=with_metrics(told, _METRICS))
        return answer

    return handler


def routes(handles: Mapping[str, Callable[[Request], Response]]) -> Callable[[Event, Any], Answer]:
    """Make one Lambda handler of several routes of one subject: `{"GET /items/{itemId}": read_item, …}`."""

    def handle(request: Request) -> Response:
        if request.route not in handles:
            raise NotFound("There is no such route.")
        return handles[request.route](request)

    return route(handle)


def _answer(status: HTTPStatus, body: str, content_type: str, headers: Mapping[str, str]) -> Answer:
    common = {
        "Content-Type": content_type,
        "Access-Control-Allow-Origin": edge_settings().allowed_origin,
        "Access-Control-Expose-Headers": "Retry-After",
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return {"statusCode": int(status), "headers": common | dict(headers), "body": body}


def _problem(error: AlmonerError | None, event: Event) -> Answer:
    """Problem details of an error; of None, an internal error that tells the caller nothing but where to look."""
    status = HTTPStatus.INTERNAL_SERVER_ERROR if error is None else status_of(error)
    problem: dict[str, object] = {
        "type": "about:blank",
        "title": status.phrase,
        "status": int(status),
        "detail": "Something went wrong on our side; it has been noted." if error is None else error.detail,
        "instance": f"urn:request:{_request_id(event)}",
    }
    if isinstance(error, (Malformed, Conflict, Invalid)) and error.errors:
        problem["errors"] = error.errors
    headers: dict[str, str] = {}
    if isinstance(error, TryLater):
        headers["Retry-After"] = str(error.retry_after_seconds)
    if isinstance(error, Unauthenticated):
        headers["WWW-Authenticate"] = "Bearer"
    return _answer(status, encode(problem), "application/problem+json", headers)


def _route_of(event: Event) -> str:
    """`GET /profile`: the route's template, never the path with its ids or the query."""
    return str(event.get("routeKey") or f"{event.get('httpMethod')} {event.get('resource')}")


def _request_id(event: Event) -> str:
    return str((event.get("requestContext") or {}).get("requestId", "unknown"))
