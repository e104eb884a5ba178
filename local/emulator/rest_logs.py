"""REST APIs: a single id for each request, and access logs."""

import json
import re
import time
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from ministack.core.responses import new_uuid
from ministack.services import apigateway_v1 as rest_api
from ministack.services import cloudwatch_logs

from local.emulator.provisioning import Answer, Json, after_deploy

CONTEXT_VARIABLE = re.compile(r"\$context\.([A-Za-z_][\w.:-]*\w)")


@dataclass
class Exchange:
    """A request while the gateway processes it."""

    request: Json = field(default_factory=lambda: {"request_id": new_uuid()})
    context: Json = field(default_factory=dict)
    """The requestContext in the function's event; empty if no function was invoked."""
    error: Json = field(default_factory=dict)


_exchange: ContextVar[Exchange] = ContextVar("exchange")


def unify_request_ids() -> None:
    """Use the same request id in the events of the function and of its authorizer, the x-amzn-requestid header and
    gateway responses.

    As on AWS, an error that a supporter reports can then be found in the logs.
    """
    execute, build_event = rest_api._execute_in_scope, rest_api._build_lambda_event_v1
    authorize = rest_api._invoke_authorizer_lambda
    request_id: ContextVar[str] = ContextVar("request_id")

    async def execute_named(request: Json, *args: Any) -> Any:
        request_id.set(request["request_id"])
        answer = await execute(request, *args)
        if isinstance(answer, tuple):
            answer[1].setdefault("x-amzn-requestid", request["request_id"])
        return answer

    def build_named_event(*args: Any, **kwargs: Any) -> Json:
        event: Json = build_event(*args, **kwargs)
        event["requestContext"]["requestId"] = request_id.get()
        return event

    async def authorize_named(authorizer: Json, event: Json, *more: Any) -> Json | None:
        if context := event.get("requestContext"):  # authorizers of the type TOKEN get none
            context["requestId"] = request_id.get()
        result: Json | None = await authorize(authorizer, event, *more)
        return result

    rest_api._execute_in_scope, rest_api._build_lambda_event_v1 = execute_named, build_named_event
    rest_api._invoke_authorizer_lambda = authorize_named


def write_access_logs() -> None:
    """Write access logs as the stage's AccessLogSetting says, which MiniStack ignores."""
    handle, execute = rest_api._handle_execute_in_scope, rest_api._execute_in_scope
    build_event = rest_api._build_lambda_event_v1

    async def handle_and_log(
        api_id: str, stage_name: str, method: str, path: str, headers: Json, body: bytes, *more: Any
    ) -> Answer:
        exchange = Exchange()
        _exchange.set(exchange)
        start = time.time()
        answer: Answer = await handle(api_id, stage_name, method, path, headers, body, *more)
        stage = rest_api._stages_v1.get(api_id, {}).get(stage_name) or {}
        if settings := stage.get("accessLogSettings"):
            context = _gateway_context(exchange, api_id, stage_name, method, path, headers, start)
            identity = context["identity"] | exchange.context.get("identity", {})
            result = {
                "identity": identity,
                "error": exchange.error,
                "status": answer[0],
                "responseLength": len(answer[2] or b""),
                "responseLatency": round((time.time() - start) * 1000),
            }
            _append(settings, f"{api_id}-{stage_name}", context | exchange.context | result)
        return answer

    async def execute_and_note(request: Json, *args: Any) -> Any:
        _exchange.get().request = request
        answer = await execute(request, *args)
        if isinstance(answer, rest_api._GatewayError):
            _exchange.get().error = {"message": answer.message, "responseType": answer.response_type}
        return answer

    def build_event_and_note(*args: Any, **kwargs: Any) -> Json:
        event: Json = build_event(*args, **kwargs)
        _exchange.get().context = event["requestContext"]
        return event

    rest_api._handle_execute_in_scope = handle_and_log
    rest_api._execute_in_scope = execute_and_note
    rest_api._build_lambda_event_v1 = build_event_and_note
    after_deploy("AWS::ApiGateway::Stage", _apply_setting)


def _apply_setting(stage_name: str, properties: Json, *_: Json) -> None:
    stage = rest_api._stages_v1[properties["RestApiId"]][stage_name]
    setting = properties.get("AccessLogSetting")
    stage["accessLogSettings"] = setting and {
        "destinationArn": setting["DestinationArn"],
        "format": setting["Format"],
    }


def _gateway_context(
    exchange: Exchange, api_id: str, stage: str, method: str, path: str, headers: Json, start: float
) -> Json:
    """The context variables that do not depend on a function having been invoked."""
    key = rest_api._resolve_api_key(rest_api._api_key_from_request(headers)) or {}
    source_ip = (rest_api._header_ci(headers, "x-forwarded-for") or "127.0.0.1").split(",")[0].strip()
    return {
        "requestId": exchange.request["request_id"],
        "extendedRequestId": exchange.request["request_id"],
        "requestTime": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(start)),
        "requestTimeEpoch": round(start * 1000),
        "apiId": api_id,
        "stage": stage,
        "httpMethod": method,
        "path": f"/{stage}{path}",
        "resourcePath": exchange.request.get("resource_path") or "-",
        "protocol": "HTTP/1.1",
        "identity": {
            "sourceIp": source_ip,
            "userAgent": rest_api._header_ci(headers, "user-agent"),
            "apiKeyId": key.get("id"),
        },
    }


def _append(settings: Json, stream: str, context: Json) -> None:
    """Ignores errors: the stream may exist already, and a missing group must not fail the request."""
    group = settings["destinationArn"].removesuffix(":*").rsplit(":", 1)[-1]
    where = {"logGroupName": group, "logStreamName": stream}
    line = CONTEXT_VARIABLE.sub(lambda variable: _value(context, variable[1]), settings["format"])
    event = {"timestamp": round(time.time() * 1000), "message": line}
    cloudwatch_logs._create_log_stream(where)
    cloudwatch_logs._put_log_events(where | {"logEvents": [event]})


def _value(context: Json, name: str) -> str:
    """A context variable as AWS writes it: a dash if it has no value, quotes and line breaks escaped."""
    if name == "error.messageString":
        return json.dumps(context["error"].get("message"))
    value: Any = context
    for part in name.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return "-" if value in (None, "", {}) else json.dumps(str(value))[1:-1]
