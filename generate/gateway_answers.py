"""What API Gateway answers by itself, and what it logs of a request: the same for the REST API of every context.

A gateway's answer cannot compute its own status: each kind spells it out. Its shape is RFC 9457's, as in shared.http.
Only the one for REQUEST_TOO_LARGE, 413, is always AWS's own, {"message": …}:
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
"""

import json
from http import HTTPStatus
from typing import Any

from shared.errors import INTERNAL_ERROR

type Json = dict[str, Any]

_INSTANCE = "urn:request:$context.requestId"
_PLAIN = {
    "Content-Type": "'application/problem+json'",
    "Access-Control-Allow-Origin": {"Fn::Sub": "'${AllowedOrigin}'"},
    "Access-Control-Expose-Headers": "'Retry-After'",
    "Cache-Control": "'no-store'",
}
_BEARER = {"WWW-Authenticate": "'Bearer'"}
_A_SECOND = {"Retry-After": "'1'"}

_UNREADABLE = "$context.error.validationErrorString"
_NO_TOKEN = "Send a valid access token in the header Authorization: Bearer …"  # noqa: S105  it says what to send
_NO_KEY = "Send your application's key in the header x-api-key."
_NOT_ALLOWED = "You may not do this."
_NO_ROUTE = "There is no such route."
_NOT_JSON = "Send the body as JSON, with Content-Type: application/json."
_TOO_FAST = "Your application sends too many requests: try again after Retry-After."
_TOO_SLOW = "The request took too long: try again."

# By API Gateway's name for the occasion.
_OCCASIONS: dict[str, tuple[HTTPStatus, str, Json]] = {
    "BAD_REQUEST_BODY": (HTTPStatus.BAD_REQUEST, _UNREADABLE, {}),
    "BAD_REQUEST_PARAMETERS": (HTTPStatus.BAD_REQUEST, _UNREADABLE, {}),
    "UNAUTHORIZED": (HTTPStatus.UNAUTHORIZED, _NO_TOKEN, _BEARER),
    "INVALID_API_KEY": (HTTPStatus.FORBIDDEN, _NO_KEY, {}),
    "ACCESS_DENIED": (HTTPStatus.FORBIDDEN, _NOT_ALLOWED, {}),
    "EXPIRED_TOKEN": (HTTPStatus.FORBIDDEN, _NOT_ALLOWED, {}),
    "INVALID_SIGNATURE": (HTTPStatus.FORBIDDEN, _NOT_ALLOWED, {}),
    "MISSING_AUTHENTICATION_TOKEN": (HTTPStatus.NOT_FOUND, _NO_ROUTE, {}),  # its name for a path that it does not know
    "RESOURCE_NOT_FOUND": (HTTPStatus.NOT_FOUND, _NO_ROUTE, {}),
    "UNSUPPORTED_MEDIA_TYPE": (HTTPStatus.UNSUPPORTED_MEDIA_TYPE, _NOT_JSON, {}),
    "THROTTLED": (HTTPStatus.TOO_MANY_REQUESTS, _TOO_FAST, _A_SECOND),
    "QUOTA_EXCEEDED": (HTTPStatus.TOO_MANY_REQUESTS, _TOO_FAST, _A_SECOND),
    "INTEGRATION_TIMEOUT": (HTTPStatus.GATEWAY_TIMEOUT, _TOO_SLOW, {}),
    "INTEGRATION_FAILURE": (HTTPStatus.GATEWAY_TIMEOUT, _TOO_SLOW, {}),
}
_OTHER_REFUSAL = '{"type": "about:blank", "title": "Refused", "detail": $context.error.messageString, "instance": %s}'


def gateway_responses() -> Json:
    """The property GatewayResponses of an API."""
    refusals = {
        name: {"StatusCode": int(status)} | _answer(_problem(status.phrase, detail, status), headers)
        for name, (status, detail, headers) in _OCCASIONS.items()
    }
    # the status of all others differs, and cannot be written into their bodies
    refused = _answer(_OTHER_REFUSAL % json.dumps(_INSTANCE))
    failed = _answer(_problem(HTTPStatus.INTERNAL_SERVER_ERROR.phrase, INTERNAL_ERROR))
    return refusals | {"DEFAULT_4XX": refused, "DEFAULT_5XX": failed}


def _problem(title: str, detail: str, status: HTTPStatus | None = None) -> str:
    problem = {"type": "about:blank", "title": title, "status": status, "detail": detail, "instance": _INSTANCE}
    return json.dumps({name: value for name, value in problem.items() if value is not None}, ensure_ascii=False)


def _answer(body: str, headers: Json | None = None) -> Json:
    return {
        "ResponseParameters": {"Headers": _PLAIN | (headers or {})},
        "ResponseTemplates": {"application/json": body},
    }


def access_log_setting() -> Json:
    """The property AccessLogSetting of an API: a line of JSON a request, without paths, queries or anybody's name."""
    logged = {
        "requestId": "$context.requestId",
        "route": "$context.httpMethod $context.resourcePath",
        "status": "$context.status",
        "responseLatency": "$context.responseLatency",
        "integrationLatency": "$context.integrationLatency",
        "error": "$context.error.responseType",
        "apiKeyId": "$context.identity.apiKeyId",
    }
    return {"DestinationArn": {"Fn::GetAtt": ["AccessLogs", "Arn"]}, "Format": json.dumps(logged)}
