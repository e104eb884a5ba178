"""How an HTTP function declares its routes, and the edge through which its requests come.

Powertools' resolver could validate requests as well, but it does so before any middleware and refuses in a shape of its
own: here the caller comes first, then parameters, then the body, and whatever is refused is a problem of RFC 9457.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

from aws_lambda_powertools.logging import correlation_paths

from shared.errors import AlmonerError, NotFound
from shared.http import edge
from shared.http.callers import SIGNED_IN, Callers
from shared.http.contract import EVENT_STREAM, JSON, NO_STORE, Gateway, KeyUse, Route
from shared.http.events import Event, route_of
from shared.http.parameters import Parameter, idempotency_key, path_ids
from shared.http.request import Request
from shared.http.response import Answer
from shared.http.serving import head, problem, serve
from shared.lifecycle import priming
from shared.observability.invocations import observed
from shared.observability.logs import logger
from shared.observability.metrics import REQUESTS
from shared.resilience.deadline import REQUEST_SECONDS, Deadline, ends_by

if TYPE_CHECKING:  # a route without a body needs no pydantic, a single one no resolver
    from shared.http.fields import Body
    from shared.http.resolver import Resolver

type Serve = Callable[[Event], Answer]


class Api:
    """The routes of one function: `app = Api(prime=(wiring.ledger,))`, `@app.route("GET /donations", …)`.

    `prime` makes what its requests need: see `shared.lifecycle.priming`. `kind` is that of the gateway.
    """

    def __init__(self, *, prime: Iterable[Callable[[], object]] = (), kind: Gateway = "rest") -> None:
        self.routes: list[Route] = []
        self.modules: dict[str, str] = {}
        """Where each route's function is."""
        self._kind, self._serve = kind, dict[str, Serve]()
        self._waiting = set[str]()
        self._resolver: Resolver | None = None
        # the request's id; HTTP APIs have it in the same place
        self._observed = observed(correlation_paths.API_GATEWAY_REST)(self._answer)
        priming.prime(edge.edge_settings, *prime)

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
        serves_signed_out: bool = False,
        waits: bool = False,
        cached_by_gateway: Callable[[], bool] = lambda: False,
        name: str = "",
    ) -> Callable[[Callable[[Request[B]], object]], Callable[[Request[B]], object]]:
        """Serve `POST /donations` by the decorated function: see `Route` for what each argument means.

        The function returns the body of the first of `answers`, or a Response. Parameters of the path that are not
        among `parameters` are ids. `name` sets apart the routes that one function serves. `waits` says that the answer
        waits for a model, as event streams do, so that how long it takes says nothing of the platform. A GET whose
        `cache_control` is `public` is served for HEAD, too.
        """
        method, _, path = route.partition(" ")
        model = cast("type[Body] | None", body)
        parameters = tuple(parameters)
        if self._kind == "http":  # HTTP APIs have no API keys
            callers = replace(callers, has_api_key=False)
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
                gateway=self._kind,
                serves_signed_out=serves_signed_out,
                waits=waits or EVENT_STREAM in answers.values(),
                cached_by_gateway=cached_by_gateway,
            )
            if declared.is_public_read:
                declared = replace(declared, answers={**answers, HTTPStatus.NOT_MODIFIED: None})
            self._declare(declared, lambda event: serve(declared, handle, event), handle.__module__)
            if declared.is_public_read:
                self._declare(declared.head, lambda event: head(declared, handle, event), handle.__module__)
            if callers.authorizer:
                priming.prime(edge.access)
            if model is not None:
                priming.prime(model.model_rebuild)
            return handle

        return register

    def include(self, *others: "Api") -> None:
        """Serve the routes of others, too: those of a function that several features share."""
        for other in others:
            for route in other.routes:
                self._declare(route, other._serve[str(route)], other.modules[str(route)])

    def _declare(self, route: Route, serving: Serve, module: str) -> None:
        self.routes.append(route)
        self.modules[str(route)] = module
        if route.waits:
            self._waiting.add(str(route))
        self._serve[str(route)] = serving
        if len(self.routes) > 1:
            # imported here: it makes a cold start longer by a fifth of what boto3 does, and one route needs no router
            from shared.http.resolver import Resolver

            self._resolver = self._resolver or Resolver(self._kind, not_found=_not_found)
            new = self.routes if len(self.routes) == 2 else [route]
            for each in new:
                self._resolver.add(each, self._serve[str(each)])

    def __call__(self, event: Event, context: Any) -> dict[str, Any]:
        return self._observed(event, context)

    def _answer(self, event: Event, context: Any) -> dict[str, Any]:
        started = time.perf_counter()
        with ends_by(Deadline(REQUEST_SECONDS)):
            answer = self._resolve(event, context)
        status, duration_ms = answer["statusCode"], round((time.perf_counter() - started) * 1000, 1)
        counts = {"clientErrors": int(400 <= status < 500), "serverErrors": int(status >= 500)}
        route, duration = route_of(event), {"durationMs": duration_ms}
        if route in self._waiting:
            fields = duration | REQUESTS.line(logger.service, **counts)
        else:
            fields = REQUESTS.line(logger.service, **duration, **counts)
        logger.info("request", extra={"route": route, "status": status, **fields})
        return answer

    def _resolve(self, event: Event, context: Any) -> dict[str, Any]:
        if self._resolver:
            return self._resolver.resolve(event, context)
        answer = self._serve.get(route_of(event), _not_found)(event)
        return {
            "statusCode": answer.status,
            "headers": dict(answer.headers),
            "body": answer.body,
            "isBase64Encoded": answer.is_base64,
        }


def _not_found(event: Event) -> Answer:
    return problem(NotFound("There is no such route."), event)
