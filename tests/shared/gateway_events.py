"""API Gateway's proxy events, as the functions receive them."""

from collections.abc import Mapping, Sequence
from typing import Any

CLIENT_ID = "client-of-almoner"
ISSUER = "https://cognito-idp.us-west-2.amazonaws.com/us-west-2_almoner"
ORIGIN = "http://localhost:5173"
REQUEST_ID = "c6af9ac6-7b61-11e6-9a41-93e8deadbeef"


def access_claims(user_id: str, groups: object = None, **changes: object) -> dict[str, Any]:
    """The claims of a Cognito access token; a change to None takes a claim away."""
    claims = {"sub": user_id, "token_use": "access", "client_id": CLIENT_ID, "iss": ISSUER, "cognito:groups": groups}
    return {name: value for name, value in (claims | changes).items() if value is not None}


def rest_event(
    claims: Mapping[str, Any] | None = None,
    query: Mapping[str, str | Sequence[str]] | None = None,
    headers: Mapping[str, str] | None = None,
    resource: str = "/profile",
    path: str | None = None,
    method: str = "GET",
    body: str | None = None,
) -> dict[str, Any]:
    """A REST API's event, with the claims of its Cognito authorizer where there are any."""
    values = {name: [value] if isinstance(value, str) else list(value) for name, value in (query or {}).items()}
    context: dict[str, Any] = {"requestId": REQUEST_ID, "stage": "v1"}
    if claims is not None:
        context["authorizer"] = {"claims": dict(claims)}
    return {
        "httpMethod": method,
        "resource": resource,
        "path": path or resource,
        "headers": dict(headers or {}) or None,
        "queryStringParameters": {name: given[-1] for name, given in values.items()} or None,
        "multiValueQueryStringParameters": values or None,
        "pathParameters": None,
        "requestContext": context,
        "body": body,
        "isBase64Encoded": False,
    }


def http_api_event(claims: Mapping[str, Any] | None = None, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
    """An HTTP API's event (payload 2.0), with the claims of its JWT authorizer where there are any."""
    http = {"method": "GET", "path": "/tickets"}
    context: dict[str, Any] = {"requestId": REQUEST_ID, "stage": "$default", "http": http}
    if claims is not None:
        context["authorizer"] = {"jwt": {"claims": dict(claims), "scopes": ["aws.cognito.signin.user.admin"]}}
    return {
        "version": "2.0",
        "routeKey": "GET /tickets",
        "rawPath": "/tickets",
        "rawQueryString": "",
        "headers": dict(headers or {}),
        "requestContext": context,
        "isBase64Encoded": False,
    }
