"""Sessions of a project, and their messages"""

from datetime import UTC, datetime

from personalization.articles import wiring
from personalization.articles.answers import (
    MessageList,
    SessionList,
    messages_answer,
    messages_scope,
    sessions_answer,
    sessions_scope,
)
from personalization.articles.domain.history import MAX_PAGE_SIZE, PAGE_SIZE
from shared.http.api import Api
from shared.http.parameters import paging
from shared.http.request import Request

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
    key, cursors = (request.path("projectId"), request.path("sessionId")), wiring.cursors()
    after, limit = request.page(cursors, messages_scope(*key))
    now = datetime.now(UTC)
    page = wiring.session_service().messages(request.caller, *key, after=after, limit=limit, now=now)
    return messages_answer(messages_scope(*key), page, cursors)


handler = app
