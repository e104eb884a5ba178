"""REST APIs: the gateway's own responses, before and after it invokes a function."""

import asyncio
import json
from typing import Any

import jsonschema
from ministack.services import apigateway_v1 as rest_api

from local.emulator.provisioning import Json
from local.emulator.validation_messages import validation_message

MAX_REQUEST_BYTES = 10 * 1024 * 1024
MAX_LAMBDA_PAYLOAD_BYTES = 6 * 1024 * 1024
RESPONSE_KEYS = frozenset({"statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"})

# https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
REMAPPED_HEADERS = frozenset(
    {
        "authorization",
        "connection",
        "content-md5",
        "date",
        "max-forwards",
        "server",
        "user-agent",
        "www-authenticate",
    }
)
DROPPED_HEADERS = frozenset(
    {"expect", "host", "proxy-authenticate", "te", "trailer", "transfer-encoding", "upgrade", "via"}
)
_REQUIRED_HEADER = "method.request.header."


class FunctionFailedError(Exception):
    """The function raised an exception or did not return a proxy response."""


class EventTooLargeError(Exception):
    """The event exceeds Lambda's limit."""


def explain_invalid_requests() -> None:
    """Set $context.error.validationErrorString to the messages of AWS's validator."""
    check, render = rest_api._check_request_validation, rest_api._gateway_error_response

    def check_and_explain(method: Json, api_id: str, request: Json, headers: Json, body: bytes, query: Json) -> Any:
        error = check(method, api_id, request, headers, body, query)
        if error and error.response_type == "BAD_REQUEST_BODY":
            try:
                document = json.loads(body)
            except (ValueError, RecursionError):
                return error
            media_type = (rest_api._header_ci(headers, "content-type") or "").split(";")[0].strip()
            models = method["requestModels"]
            schema = rest_api._model_schema(api_id, models.get(media_type) or models["application/json"])
            if why := dict.fromkeys(map(validation_message, jsonschema.Draft4Validator(schema).iter_errors(document))):
                error.validation = "[" + ", ".join(why) + "]"  # none where it is too deep to be validated
        return error

    def render_with_explanation(error: Any, request: Json) -> tuple[int, Json, bytes]:
        status, headers, body = render(error, request)
        why = json.dumps(getattr(error, "validation", error.message or ""))[1:-1]
        return status, headers, body.replace(b"$context.error.validationErrorString", why.encode())

    rest_api._check_request_validation = check_and_explain
    rest_api._gateway_error_response = render_with_explanation


def accept_only_id_tokens_without_scopes() -> None:
    """Refuse access tokens on routes without scopes: there, AWS's Cognito authorizers accept ID tokens only."""
    check = rest_api._validate_cognito_authorizer

    async def check_use(authorizer: Json, method: Json, *request: Any) -> tuple[Json | None, Any]:
        claims, error = await check(authorizer, method, *request)
        if claims and not method.get("authorizationScopes") and claims.get("token_use") != "id":
            return None, rest_api._gw_error("UNAUTHORIZED", "Unauthorized")
        return claims, error

    rest_api._validate_cognito_authorizer = check_use


def match_header_names_by_case() -> None:
    """Refuse requests to a method that requires a header by a name with capital letters.

    API Gateway matches names by case, and in HTTP/2, which browsers speak, all names are in lower case.
    """
    find_missing = rest_api._missing_request_parameters

    def find_missing_by_case(method: Json, request: Json, headers: Json, query: Json) -> list[str]:
        missing: list[str] = find_missing(method, request, headers, query)
        required = [name for name, is_required in (method.get("requestParameters") or {}).items() if is_required]
        names = [name.removeprefix(_REQUIRED_HEADER) for name in required if name.startswith(_REQUIRED_HEADER)]
        return missing + [name for name in names if name not in missing and name != name.lower()]

    rest_api._missing_request_parameters = find_missing_by_case


def rename_response_headers() -> None:
    """Rename or drop those headers of a function's response that API Gateway keeps for itself."""
    shape = rest_api._lambda_proxy_response

    def shape_and_rename(result: Json) -> tuple[Json | None, str | None]:
        response, failure = shape(result)
        if response is not None:
            headers = {kind: response[kind] for kind in ("headers", "multiValueHeaders") if response.get(kind)}
            response = response | {kind: _renamed(values) for kind, values in headers.items()}
        return response, failure

    rest_api._lambda_proxy_response = shape_and_rename


def _renamed(headers: Json) -> Json:
    return {
        f"x-amzn-Remapped-{name}" if name.lower() in REMAPPED_HEADERS else name: value
        for name, value in headers.items()
        if name.lower() not in DROPPED_HEADERS
    }


def refuse_large_requests() -> None:
    """Answer 413 to requests over API Gateway's limit, 10 MB, or with an event over Lambda's, 6 MB.

    It is API Gateway's default response, which cannot be customized.
    """
    execute, call, invoke, customized = (
        rest_api._execute_in_scope,
        rest_api._call_lambda_raw,
        rest_api._invoke_lambda_proxy_v1,
        rest_api._gateway_response_for_type,
    )

    def customized_unless_too_large(responses: Json, kind: str) -> Any:
        return customized({} if kind == "REQUEST_TOO_LARGE" else responses, kind)

    async def execute_unless_too_large(
        request: Json, api_id: str, stage: str, method: str, path: str, headers: Json, body: bytes, *more: Any
    ) -> Any:
        deployed = rest_api._stages_v1.get(api_id, {}).get(stage)
        if deployed and len(body or b"") > MAX_REQUEST_BYTES:
            request["stage"] = deployed
            return rest_api._gw_error("REQUEST_TOO_LARGE", "Request Too Long")
        return await execute(request, api_id, stage, method, path, headers, body, *more)

    async def call_unless_too_large(function: str, event: Json, **scope: Any) -> Any:
        if len(json.dumps(event)) > MAX_LAMBDA_PAYLOAD_BYTES:
            raise EventTooLargeError
        return await call(function, event, **scope)

    async def invoke_or_refuse(*args: Any, **kwargs: Any) -> Any:
        try:
            return await invoke(*args, **kwargs)
        except EventTooLargeError:
            return rest_api._gw_error("REQUEST_TOO_LARGE", "Request Entity Too Large")

    rest_api._gateway_response_for_type = customized_unless_too_large
    rest_api._execute_in_scope = execute_unless_too_large
    rest_api._call_lambda_raw = call_unless_too_large
    rest_api._invoke_lambda_proxy_v1 = invoke_or_refuse


def answer_failures_with_gateway_response() -> None:
    """Answer 502, with the gateway response DEFAULT_5XX, if a function fails or returns no proxy response.

    MiniStack ignores the gateway response, and forwards results that AWS treats as malformed.
    """
    shape, invoke = rest_api._lambda_proxy_response, rest_api._invoke_lambda_proxy_v1
    render = rest_api._gateway_error_response

    def shape_or_raise(result: Json) -> tuple[Json, None]:
        response, failure = shape(result)
        if failure or not (result.get("throttle") or _is_proxy_response(result.get("body"))):
            raise FunctionFailedError(failure)
        return response, None

    async def invoke_or_report(*args: Any, **kwargs: Any) -> Any:
        try:
            return await invoke(*args, **kwargs)
        except FunctionFailedError:
            error = rest_api._gw_error("DEFAULT_5XX", "Internal server error")
            error.status = 502
            return error

    def render_with_status(error: Any, request: Json) -> tuple[int, Json, bytes]:
        status, headers, body = render(error, request)
        return getattr(error, "status", status), headers, body

    rest_api._lambda_proxy_response = shape_or_raise
    rest_api._invoke_lambda_proxy_v1 = invoke_or_report
    rest_api._gateway_error_response = render_with_status


def _is_proxy_response(answer: object) -> bool:
    return (
        isinstance(answer, dict)
        and answer.keys() <= RESPONSE_KEYS
        and isinstance(answer.get("body"), str | None)
        and len(json.dumps(answer)) <= MAX_LAMBDA_PAYLOAD_BYTES
    )


def end_slow_integrations() -> None:
    """Answer 504 after the integration's time-out, 29 s by default; the function continues."""
    invoke = rest_api._invoke_lambda_proxy_v1

    async def invoke_within_limit(integration: Json, *args: Any, **kwargs: Any) -> Any:
        limit_seconds = integration.get("timeoutInMillis", 29_000) / 1000
        # Not wait_for: MiniStack's calls cannot be cancelled before the function ends.
        invocation = asyncio.ensure_future(invoke(integration, *args, **kwargs))
        done, _ = await asyncio.wait({invocation}, timeout=limit_seconds)
        if done:
            return invocation.result()
        return rest_api._gw_error("INTEGRATION_TIMEOUT", "Endpoint request timed out")

    rest_api._invoke_lambda_proxy_v1 = invoke_within_limit
