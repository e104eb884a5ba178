"""API Gateway's proxy events, of REST APIs (payload 1.0) and of HTTP APIs (2.0): what each keeps where."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

type Event = Mapping[str, Any]


def route_of(event: Event) -> str:
    """`GET /profile`: the gateway's route, never the path with its ids or the query."""
    return str(event.get("routeKey") or f"{event.get('httpMethod')} {event.get('resource')}")


def request_id_of(event: Event) -> str:
    """The gateway's id of the request, which its access log has too."""
    return str((event.get("requestContext") or {}).get("requestId", "unknown"))


def path_parameters(event: Event) -> Mapping[str, str]:
    return event.get("pathParameters") or {}


def query_parameters(event: Event) -> Mapping[str, list[str]]:
    """Every value of each parameter. HTTP APIs join repeated ones with commas: only the raw query keeps them apart."""
    if "rawQueryString" in event:
        return parse_qs(event["rawQueryString"], keep_blank_values=True)
    single = event.get("queryStringParameters") or {}
    return event.get("multiValueQueryStringParameters") or {name: [value] for name, value in single.items()}


def header_values(event: Event, name: str) -> list[str]:
    """Every value of a header, however its name is written."""
    several = event.get("multiValueHeaders") or {key: [value] for key, value in (event.get("headers") or {}).items()}
    return [str(value) for key, values in several.items() if key.lower() == name.lower() for value in values]
