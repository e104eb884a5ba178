"""Web pages: which of them may read answers, and that functions' own servers have none."""

from collections.abc import Callable
from typing import Any

from ministack import app
from ministack.core import lambda_runtime

from local.emulator.provisioning import Answer, Json
from local.guard import refusal

_ADDED = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, POST, PUT, DELETE, HEAD, OPTIONS, PATCH",
    "Access-Control-Allow-Headers": "*",
    "Access-Control-Expose-Headers": "*",
}
"""What MiniStack adds to answers, except to those of S3 and of APIs."""


def answer_own_site_only() -> None:
    """Let the page that calls an AWS API read its answer, and no other one: Guard has let our site's pass.

    Routes of APIs and S3 have the CORS of their templates. AWS lets all pages read Cognito's answers.
    """
    dispatch, preflight, finish = (
        app._dispatch_service_request,
        app._handle_options_request,
        app._with_data_plane_headers,
    )

    async def dispatch_for_own_site(method: str, path: str, headers: Json, *more: Any) -> Answer:
        return _for_own_site(await dispatch(method, path, headers, *more), headers)

    def preflight_of_own_site(method: str, path: str, headers: Json, *more: Any) -> Answer | None:
        answer: Answer | None = preflight(method, path, headers, *more)
        return answer and _for_own_site(answer, headers)

    def finish_without_cors(*given: Any, **named: Any) -> Any:
        return finish(*given, **named | {"wildcard_cors": False})

    app._dispatch_service_request, app._handle_options_request = dispatch_for_own_site, preflight_of_own_site
    app._with_data_plane_headers = finish_without_cors


def _for_own_site(answer: Answer, request_headers: Json) -> Answer:
    status, headers, body = answer
    if not headers.items() >= _ADDED.items():
        return answer
    if origin := request_headers.get("origin"):
        return status, headers | {"Access-Control-Allow-Origin": origin, "Vary": "Origin"}, body
    return status, {name: value for name, value in headers.items() if name not in _ADDED}, body


def hide_runtime_api() -> None:
    """Refuse pages where a function's process gets its invocations: on a port that a page could find."""
    build: Callable[..., Any] = lambda_runtime.ProvidedWorker._build_handler_class

    def build_guarded(worker: Any, *arguments: Any) -> Any:
        handler = build(worker, *arguments)
        parse = handler.parse_request

        def parse_unless_foreign(request: Any) -> bool:
            if not parse(request):
                return False
            if refused := refusal(lambda name: request.headers.get_all(name, [])):
                request.send_error(403, refused)
                return False
            return True

        handler.parse_request = parse_unless_foreign
        return handler

    lambda_runtime.ProvidedWorker._build_handler_class = build_guarded
