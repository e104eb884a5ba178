"""The edge of an HTTP function: it declares the function's routes, and answers what the gateway sends.

Powertools' resolver finds the route and catches what fails. It could validate requests as well, but it does so before
any middleware and in a shape of its own: here the caller comes first, then parameters, then the body, and whatever is
refused is a problem of RFC 9457.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, cast

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, APIGatewayRestResolver
from aws_lambda_powertools.event_handler import Response as ProxyResponse
from aws_lambda_powertools.logging import correlation_paths

from shared import priming
from shared.errors import AlmonerError, NotFound, TryLater, Unauthenticated
from shared.http.callers import SIGNED_IN, Callers
from shared.http.contract import JSON, NO_STORE, KeyUse, Route, Text
from shared.http.edge import edge_settings
from shared.http.events import Event, request_id_of, route_of
from shared.http.parameters import Parameter, idempotency_key, path_ids
from shared.http.problems import problem_of
from shared.http.request import Request
from shared.http.response import Response
from shared.http.statuses import status_of
from shared.json.encoding import encode
from shared.observability.invocations import observed
from shared.observability.logs import logger, without_message
from shared.observability.metrics import metrics_by

if TYPE_CHECKING:  # a route without a body needs no pydantic
    from shared.http.fields import Body

_PROBLEM = "application/problem+json"

# The resolver keeps its event in its class, where requests of other threads would overwrite it.
_event: ContextVar[Event] = ContextVar("event")


class Api:
    """The routes of one function: `app = Api(prime=(wiring.ledger,))`, `@app.route("GET /donations", …)`.

    `prime` makes what its requests need: see `shared.priming`.
    """

    def __init__(
        self,
        *,
        prime: Iterable[Callable[[], object]] = (),
        resolver: type[APIGatewayRestResolver | APIGatewayHttpResolver] = APIGatewayRestResolver,
    ) -> None:
        self.routes: list[Route] = []
        self._resolver = resolver(debug=False)
        self._resolver.exception_handler(Exception)(_problem)
        self._resolver.not_found(lambda _: _problem(NotFound("There is no such route.")))
        # the request's id; HTTP APIs have it in the same place
        self._observed = observed(correlation_paths.API_GATEWAY_REST)(self._answer)
        priming.prime(edge_settings, *prime)

    def route[B: "Body | None" = None](
        self,
        route: str,
        *,
        answers: Mapping[int, Any],
        callers: Callers = SIGNED_IN,
        parameters: Iterable[Parameter[Any]] = (),
        body: "type[B] | None" = None,
        accepts: Mapping[str, Any] | None = None,
        max_body_bytes: int = 0,
        key: KeyUse = "none",
        raises: Iterable[type[AlmonerError]] = (),
        cache_control: str = NO_STORE,
        name: str = "",
    ) -> Callable[[Callable[[Request[B]], object]], Callable[[Request[B]], object]]:
        """Serve `POST /donations` by the decorated function: see `Route` for what each argument means.

        The function returns the body of the first of `answers`, or a Response. Parameters of the path that are not
        among `parameters` are ids. `name` sets apart the routes that one function serves.
        """
        method, _, path = route.partition(" ")
        model = cast("type[Body] | None", body)
        parameters = tuple(parameters)
        if key != "none":
            parameters = (*parameters, idempotency_key(is_required=key == "required"))

        def register(handle: Callable[[Request[B]], object]) -> Callable[[Request[B]], object]:
            declared = Route(
                method=method,
                path=path,
                name=name or handle.__name__,
                purpose=" ".join((handle.__doc__ or "").split("\n\n")[0].split()),
                callers=callers,
                parameters=(*path_ids(path, besides=parameters), *parameters),
                body=model,
                accepts=accepts or ({} if model is None else {JSON: model}),
                max_body_bytes=max_body_bytes or (0 if model is None else model.MAX_BODY_BYTES),
                key=key,
                answers=answers,
                raises=tuple(raises),
                cache_control=cache_control,
            )
            self.routes.append(declared)
            self._resolver.route(path, method)(lambda: _serve(declared, handle))
            if model is not None:
                priming.prime(model.model_rebuild)
            return handle

        return register

    def __call__(self, event: Event, context: Any) -> dict[str, Any]:
        return self._observed(event, context)

    def _answer(self, event: Event, context: Any) -> dict[str, Any]:
        started, token = time.perf_counter(), _event.set(event)
        try:
            answer = self._resolver.resolve(_at_its_route(event), context)
        finally:
            _event.reset(token)
        status, duration_ms = answer["statusCode"], round((time.perf_counter() - started) * 1000, 1)
        counts = {"clientErrors": int(400 <= status < 500), "serverErrors": int(status >= 500)}
        metrics = metrics_by({"route": route_of(event)}, {"durationMs": duration_ms, **counts})
        logger.info("request", extra={"status": status, **metrics})
        return answer


def _at_its_route(event: Event) -> dict[str, Any]:
    """The event with the gateway's route in the place of its path.

    The resolver matches paths, to which custom domains add prefixes and clients encoded slashes: it might find another
    route than the gateway, which has asked for the token and checked the body of the one that it found.
    """
    path = route_of(event).partition(" ")[2]
    stage = (event.get("requestContext") or {}).get("stage", "$default")
    return {**event, "path": path, "rawPath": path if stage == "$default" else f"/{stage}{path}"}


def _serve(route: Route, handle: Callable[[Any], object]) -> ProxyResponse[str]:
    request: Request[Any] = Request(_event.get(), route)
    if route.callers.authorizer:
        route.callers.admit(request.caller)
    request.parameters  # noqa: B018  refuses what is wrong with them, before a word about the body
    result = handle(request)
    response = result if isinstance(result, Response) else Response(next(iter(route.answers)), result)
    headers = {"Cache-Control": route.cache_control, **response.headers}
    match route.answers[response.status]:
        case None:
            return _proxy_response(response.status, "", None, headers)
        case Text(media_type):
            return _proxy_response(response.status, str(response.body), media_type, headers)
        case _:
            return _proxy_response(response.status, encode(response.body), JSON, headers)


def _problem(error: Exception) -> ProxyResponse[str]:
    event, headers = _event.get(), {"Cache-Control": NO_STORE}
    refusal = error if isinstance(error, AlmonerError) else None
    if refusal is None:  # a bug: the caller gets a problem, and we the trace
        logger.error("request failed", extra={"route": route_of(event)} | without_message(error))
    if isinstance(error, TryLater):
        headers["Retry-After"] = str(error.retry_after_seconds)
    if isinstance(error, Unauthenticated):
        headers["WWW-Authenticate"] = "Bearer"
    problem = {"type": "about:blank", **problem_of(refusal), "instance": f"urn:request:{request_id_of(event)}"}
    return _proxy_response(int(status_of(refusal)), encode(problem), _PROBLEM, headers)


def _proxy_response(status: int, body: str, media_type: str | None, headers: Mapping[str, str]) -> ProxyResponse[str]:
    # Not the resolver's CORS, which answers by the Origin of one request: the gateway caches answers for all.
    common = {
        "Access-Control-Allow-Origin": edge_settings().allowed_origin,
        "Access-Control-Expose-Headers": "Retry-After",
        "X-Content-Type-Options": "nosniff",
    }
    return ProxyResponse(status, media_type, body, {**common, **headers})
