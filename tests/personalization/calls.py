"""Calls of personalization's handlers as the gateway makes them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.shared.gateway_events import access_claims, rest_event
from tests.shared.handler_calls import Handler, answer_of, sent


@dataclass(frozen=True)
class Answer:
    status: int
    json: Any

    @property
    def fields(self) -> list[str]:
        return [error["field"] for error in self.json.get("errors", [])]


def called(
    handler: Handler,
    caller: str | None,
    *,
    groups: object = None,
    query: Mapping[str, str] | None = None,
    body: object = None,
    key: str | None = None,
    path: Mapping[str, str] | None = None,
    resource: str = "/donations",
    method: str | None = None,
) -> Answer:
    """`body` is sent as JSON, or as it is where it is text."""
    headers = {"Content-Type": "application/json"} | ({"idempotency-key": key} if key is not None else {})
    claims = None if caller is None else access_claims(caller, groups)
    method = method or ("GET" if body is None else "POST")
    event = rest_event(claims, query, headers, resource, method=method, body=sent(body)) | {"pathParameters": path}
    return Answer(*answer_of(handler, event))
