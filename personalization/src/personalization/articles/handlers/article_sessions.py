"""Sessions of a project, and their messages"""

from datetime import UTC, datetime
from typing import Any

from personalization.articles import wiring
from personalization.articles.answers import (
    MessageList,
    SessionList,
    messages_answer,
    messages_scope,
    sessions_answer,
    sessions_scope,
)
from personalization.articles.domain.history import MAX_PAGE_SIZE, PAGE_SIZE, Session
from personalization.articles.requests import RenameSession
from shared.http.api import Api
from shared.http.parameters import paging
from shared.http.request import Request
from shared.resilience.deadline import REQUEST_SECONDS, Deadline

app = Api(prime=(wiring.session_service, wiring.cursors))

_PAGE = paging(size=PAGE_SIZE, max_size=MAX_PAGE_SIZE)


@app.route("GET /api/projects/{projectId}/sessions", parameters=_PAGE, answers={200: SessionList})
def list_sessions(request: Request) -> SessionList:
    """Members see their own sessions, admins everybody's; the most recently used first."""
    project_id, caller, cursors = request.path("projectId"), request.caller, wiring.cursors()
    scope = sessions_scope(project_id, caller.user_id)
    after, limit = request.page(cursors, scope)
    page = wiring.session_service().sessions(caller, project_id, after, limit, datetime.now(UTC))
    return sessions_answer(scope, page, cursors)


@app.route("GET /api/projects/{projectId}/sessions/{sessionId}/messages", parameters=_PAGE, answers={200: MessageList})
def list_messages(request: Request) -> MessageList:
    """Members read their own sessions, admins everybody's; newest first, fewer than `limit` if they are long."""
    key, cursors = _key(request), wiring.cursors()
    after, limit = request.page(cursors, messages_scope(*key))
    now = datetime.now(UTC)
    page = wiring.session_service().messages(request.caller, *key, after=after, limit=limit, now=now)
    return messages_answer(messages_scope(*key), page, cursors)


@app.route("PATCH /api/projects/{projectId}/sessions/{sessionId}", body=RenameSession, answers={200: Session})
def rename_session(request: Request[RenameSession]) -> Session:
    """Members rename their own sessions."""
    title, now = request.body.title, datetime.now(UTC)
    return wiring.session_service().rename(request.caller, *_key(request), title, now)


@app.route("DELETE /api/projects/{projectId}/sessions/{sessionId}", answers={204: None})
def delete_session(request: Request) -> None:
    """Members delete their own sessions with all messages and runs; an answer that is being written is stopped."""
    deadline = Deadline(REQUEST_SECONDS)
    wiring.session_service().delete(request.caller, *_key(request), datetime.now(UTC), deadline)


def _key(request: Request[Any]) -> tuple[str, str]:
    return request.path("projectId"), request.path("sessionId")


handler = app
