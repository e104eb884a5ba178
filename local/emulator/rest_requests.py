"""REST APIs: what the gateway answers by itself before and after it calls a function."""

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


class FunctionFailedError(Exception):
    """The function raised, or answered something that a REST API cannot forward."""


class EventTooLargeError(Exception):
    """Lambda would refuse the event."""


def explain_invalid_requests() -> None:
    """Fill $context.error.validationErrorString with what is wrong, in the words of AWS's validator."""
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
            errors = jsonschema.Draft4Validator(schema).iter_errors(document)
            error.validation = "[" + ", ".join(dict.fromkeys(map(validation_message, errors))) + "]"
        return error

    def render_with_explanation(error: Any, request: Json) -> tuple[int, Json, bytes]:
        status, headers, body = render(error, request)
        why = json.dumps(getattr(error, "validation", error.message or ""))[1:-1]
        return status, headers, body.replace(b"$context.error.validationErrorString", why.encode())

    rest_api._check_request_validation = check_and_explain
    rest_api._gateway_error_response = render_with_explanation


def accept_only_id_tokens_without_scopes() -> None:
    """Refuse an access token where a Cognito authorizer asks for no scopes: AWS takes it for an ID token then."""
    check = rest_api._validate_cognito_authorizer

    async def check_use(authorizer: Json, method: Json, *request: Any) -> tuple[Json | None, Any]:
        claims, error = await check(authorizer, method, *request)
        if claims and not method.get("authorizationScopes") and claims.get("token_use") != "id":
            return None, rest_api._gw_error("UNAUTHORIZED", "Unauthorized")
        return claims, error

    rest_api._validate_cognito_authorizer = check_use


def refuse_large_requests() -> None:
    """Answer 413 beyond 10 MB, API Gateway's limit, and beyond 6 MB, Lambda's for an event."""
    execute, call, invoke = (
        rest_api._execute_in_scope,
        rest_api._call_lambda_raw,
        rest_api._invoke_lambda_proxy_v1,
    )

    async def execute_unless_too_large(
        request: Json, api_id: str, stage: str, method: str, path: str, headers: Json, body: bytes, *more: Any
    ) -> Any:
        known_stage = rest_api._stages_v1.get(api_id, {}).get(stage)
        if known_stage and len(body or b"") > MAX_REQUEST_BYTES:
            request["stage"] = known_stage
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

    rest_api._execute_in_scope = execute_unless_too_large
    rest_api._call_lambda_raw = call_unless_too_large
    rest_api._invoke_lambda_proxy_v1 = invoke_or_refuse


def answer_failures_as_gateway_response() -> None:
    """Answer 502 through DEFAULT_5XX when a function raises or answers anything but a proxy response.

    MiniStack sends its own body past the gateway responses, and forwards answers that AWS calls malformed.
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
    """Answer 504 when a function takes longer than its integration may, 29 s at most; the function runs on."""
    invoke = rest_api._invoke_lambda_proxy_v1

    async def invoke_within_limit(integration: Json, *args: Any, **kwargs: Any) -> Any:
        limit_seconds = integration.get("timeoutInMillis", 29_000) / 1000
        # Not wait_for: MiniStack's calls put their cancellation off until the function has ended.
        invocation = asyncio.ensure_future(invoke(integration, *args, **kwargs))
        done, _ = await asyncio.wait({invocation}, timeout=limit_seconds)
        if done:
            return invocation.result()
        return rest_api._gw_error("INTEGRATION_TIMEOUT", "Endpoint request timed out")

    rest_api._invoke_lambda_proxy_v1 = invoke_within_limit
