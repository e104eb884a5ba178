"""Requests of people about conversations."""

from typing import Any

from communications.conversations.handlers import (
    blocks,
    conversations,
    mark_read,
    message_editing,
    reports,
    send_message,
)
from tests.shared.gateway_events import access_claims
from tests.shared.http_api_calls import call

_HANDLERS = {
    "POST /messages": send_message.handler,
    "PATCH /messages/{messageId}": message_editing.handler,
    "DELETE /messages/{messageId}": message_editing.handler,
    "GET /conversations": conversations.handler,
    "GET /conversations/{conversationId}/messages": conversations.handler,
    "POST /conversations/{conversationId}/reads": mark_read.handler,
    "GET /blocks": blocks.handler,
    "PUT /blocks/{userId}": blocks.handler,
    "DELETE /blocks/{userId}": blocks.handler,
    "POST /conversations/{conversationId}/reports": reports.handler,
    "GET /reports": reports.handler,
    "GET /reports/{reportId}": reports.handler,
    "POST /reports/{reportId}/decisions": reports.handler,
}
_GROUPS = {"priya": "[staff]", "tom": "[admin]", "mia": "[finance]"}


def as_user(
    user_id: str,
    route: str,
    body: object = None,
    *,
    key: str | None = None,
    query: dict[str, str] | None = None,
    **path: str,
) -> tuple[int, Any]:
    claims = access_claims(user_id, _GROUPS.get(user_id))
    headers = {"idempotency-key": key} if key else {}
    return call(_HANDLERS[route], route, body, claims=claims, query=query, headers=headers, **path)


def sent(user_id: str, content: str, *to: str, key: str = "key") -> dict[str, Any]:
    """What the sender of a message is answered."""
    status, message = as_user(user_id, "POST /messages", {"to": list(to), "content": content}, key=key)
    assert status == 201, message
    return dict(message)


def messages(user_id: str, conversation_id: str, **query: str) -> dict[str, Any]:
    route = "GET /conversations/{conversationId}/messages"
    status, page = as_user(user_id, route, query=query, conversationId=conversation_id)
    assert status == 200, page
    return dict(page)
