"""A request to a route, read as the route's contract says."""

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from shared.auth.callers import Caller, bearer_token
from shared.http import raw_body
from shared.http.contract import Route
from shared.http.cursors import Cursors
from shared.http.edge import caller_of
from shared.http.events import Event, path_parameters
from shared.http.parameters import Parameter, Place, read_parameters
from shared.http.read_only import settable
from shared.idempotency.claims import HEADER, Claim, claim_of

if TYPE_CHECKING:  # a route without a body needs no pydantic
    from shared.http.fields import Body


class Request[B: "Body | None" = None]:
    """`Request[GiveDonation]` has a body of that model, `Request` none.

    Its body is read on first use: a handler may refuse the caller before it says a word about the body.
    """

    def __init__(self, event: Event, route: Route) -> None:
        self.event, self.route = event, route

    @cached_property
    def caller(self) -> Caller:
        """Raises Unauthenticated; Unavailable."""
        return caller_of(self.event)

    @property
    def access_token(self) -> str:
        """For what the caller may do elsewhere with it. Raises Unauthenticated."""
        return bearer_token(self.event)

    @cached_property
    def parameters(self) -> Mapping[tuple[Place, str], Any]:
        """Raises NotFound; Malformed; Invalid."""
        return read_parameters(self.route.parameters, self.event)

    def value[T](self, parameter: Parameter[T]) -> T:
        """The value of a parameter that the route declares."""
        found: T = self.parameters[parameter.place, parameter.name]
        return found

    def path(self, name: str) -> str:
        """A parameter of the path."""
        return str(self.parameters["path", name])

    def page(self, cursors: Cursors, scope: str) -> tuple[str | None, int]:
        """Where a list is to be read from, and how many items at most, of `paging`'s parameters. Raises Malformed."""
        return cursors.read(scope, self.parameters["query", "cursor"]), self.parameters["query", "limit"]

    @cached_property
    def body(self) -> B:
        """Raises Malformed, TooLarge or UnsupportedMediaType; Invalid, with every field that is wrong."""
        assert self.route.body is not None, f"{self.route} declares no body"  # noqa: S101  a mistake of the handler's
        sent = settable(self.json, self.route, self._path)
        body: B = self.route.body.from_json(sent)  # type: ignore[assignment]  # B is what the route was declared with
        return body

    @property
    def _path(self) -> Mapping[str, str]:
        """The ids of the path; users may call themselves `me`."""
        path = path_parameters(self.event)
        return {**path, "userId": self.caller.user_id} if path.get("userId") == "me" else path

    @cached_property
    def json(self) -> object:
        """The body, before it is held to a model. Raises Malformed, TooLarge or UnsupportedMediaType."""
        return raw_body.read_json(self.event, self.route.max_body_bytes)

    @property
    def bytes(self) -> bytes:
        """The body of whatever type. Raises Malformed or TooLarge."""
        return raw_body.raw_body(self.event, self.route.max_body_bytes)

    @property
    def media_type(self) -> str:
        """Of the body: `application/json`; empty where the request does not say."""
        return raw_body.media_type(self.event)

    @property
    def content_type(self) -> str:
        """Of the body, with its parameters: `text/csv; charset=utf-8`."""
        return raw_body.content_type(self.event)

    @property
    def claim(self) -> Claim | None:
        """What the Idempotency-Key claims for this request; None without one. Raises as `json` does."""
        key = self.parameters["header", HEADER]
        content = [dict(path_parameters(self.event)), self.json if self.route.accepts else None]
        return claim_of(self.caller.user_id, str(self.route), key, content)
