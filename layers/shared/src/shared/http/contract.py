"""What a route is, said once, beside the function that serves it.

The router, the gateway's models, the APIs' documents and docs/routes.md are made of it; tests hold every answer to it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Literal

from shared.errors import AlmonerError, Invalid, NotFound
from shared.http.callers import Callers
from shared.http.parameters import Parameter
from shared.http.statuses import status_of_type

if TYPE_CHECKING:  # a route without a body needs no pydantic
    from shared.http.fields import Body

type KeyUse = Literal["none", "optional", "required"]
type Gateway = Literal["rest", "http"]

JSON = "application/json"
NO_STORE = "no-store"


def public(max_age_seconds: int) -> str:
    """The `cache_control` of what everybody gets in the same form: see `Route.is_public_read`."""
    return f"public, max-age={max_age_seconds}"


_RAISED: Mapping[HTTPStatus, str] = {
    HTTPStatus.FORBIDDEN: "The caller may not do this.",
    HTTPStatus.NOT_FOUND: "It does not exist, or is not the caller's.",
    HTTPStatus.CONFLICT: "The present state does not allow it.",
    HTTPStatus.UNPROCESSABLE_CONTENT: "The request can be read, but its content is not valid: see `errors`.",
}


@dataclass(frozen=True, slots=True)
class Text:
    """A body that is not JSON."""

    media_type: str
    charset: str = ""
    """Where clients would take another for granted."""

    @property
    def content_type(self) -> str:
        return f"{self.media_type}; charset={self.charset}" if self.charset else self.media_type


CSV = Text("text/csv", "utf-8")
EVENT_STREAM = Text("text/event-stream")


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """`purpose` is what it does, and for whom; `name` that of the function that serves it.

    `body` is the model of a JSON body, which the gateway and the function hold it to; `accepts` are the types of what a
    body may be, by media type. `answers` are the types of the bodies of successful answers, by status: None is no body.
    `raises` are refusals of the route's own: those for its callers, parameters and body go without saying.
    `gateway` is the kind of its API. `serves_signed_out` are routes that look themselves whether access has ended;
    `waits` those whose answers wait for a model. `cached_by_gateway` says whether the gateway keeps its answers.
    """

    method: str
    path: str
    name: str
    purpose: str
    callers: Callers
    parameters: tuple[Parameter[Any], ...]
    body: "type[Body] | None"
    accepts: Mapping[str, Any]
    max_body_bytes: int
    key: KeyUse
    answers: Mapping[int, Any]
    raises: tuple[type[AlmonerError], ...]
    cache_control: str
    gateway: Gateway
    serves_signed_out: bool
    waits: bool
    cached_by_gateway: Callable[[], bool]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def is_public_read(self) -> bool:
        """Whether everybody gets the same answer, which may be kept: it has an `ETag`, by which clients read it again
        only if it has changed (304), and can be looked at by HEAD."""
        return self.method == "GET" and self.cache_control.startswith("public")

    @property
    def head(self) -> "Route":
        """The route for HEAD beside a public read's own."""
        answers = dict.fromkeys(self.answers)
        purpose = f"What `{self}` answers, without the body."
        return replace(self, method="HEAD", name=f"head_of_{self.name}", purpose=purpose, answers=answers)

    @property
    def refusals(self) -> Mapping[int, str]:
        """Why a request may be refused, by status: by the function, or by the gateway before it."""
        reasons: dict[int, list[str]] = {}
        for status, reason in self._reasons():
            reasons.setdefault(int(status), []).append(reason)
        return {status: " ".join(dict.fromkeys(reasons[status])) for status in sorted(reasons)}

    def _reasons(self) -> Iterator[tuple[HTTPStatus, str]]:
        refusals = {parameter.refusal for parameter in self.parameters}
        yield HTTPStatus.BAD_REQUEST, "The request cannot be read: see `detail` and `errors`."
        if self.callers.sign_in:
            yield HTTPStatus.UNAUTHORIZED, "The access token is missing, or not valid (any more)."
        if self.callers.has_api_key:
            yield HTTPStatus.FORBIDDEN, "The application's key is missing."
        if self.callers.groups:
            yield HTTPStatus.FORBIDDEN, f"Only {self.callers.who} may do this."
        if NotFound in refusals:
            yield HTTPStatus.NOT_FOUND, _RAISED[HTTPStatus.NOT_FOUND]
        if self.accepts:
            yield HTTPStatus.CONTENT_TOO_LARGE, f"The body has more than {self.max_body_bytes:,} bytes."
            yield HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"The body is not {' or '.join(self.accepts)}."
        if self.accepts or Invalid in refusals:
            yield HTTPStatus.UNPROCESSABLE_CONTENT, _RAISED[HTTPStatus.UNPROCESSABLE_CONTENT]
        if self.key != "none":
            yield HTTPStatus.CONFLICT, "The first request with this Idempotency-Key is still running."
            yield HTTPStatus.UNPROCESSABLE_CONTENT, "The Idempotency-Key was used for a different request."
        for status in map(status_of_type, self.raises):
            if status in _RAISED:
                yield status, _RAISED[status]
        yield HTTPStatus.TOO_MANY_REQUESTS, "Too many requests: try again after `Retry-After`."
        yield HTTPStatus.INTERNAL_SERVER_ERROR, "Something went wrong on our side."
        yield HTTPStatus.SERVICE_UNAVAILABLE, "Nothing was done: try again after `Retry-After`."
        if self.gateway == "rest":  # an HTTP API answers 503
            yield HTTPStatus.GATEWAY_TIMEOUT, "It took too long: try again."
