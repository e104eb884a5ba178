"""Sessions of a project, and what was said in them"""

from datetime import UTC, datetime

from personalization.articles import wiring
from personalization.articles.answers import messages_answer, messages_scope, sessions_answer, sessions_scope
from personalization.articles.domain.history import LONGEST_PAGE, PAGE_SIZE
from shared.http.routes import Request, Response, routes

_PROJECT = r"[A-Za-z0-9-]{1,64}"
_SESSION = r"[A-Za-z0-9_-]{1,64}"


def list_sessions(request: Request) -> Response:
    """Members see their own sessions, admins everybody's; the most recently used first."""
    project_id, caller = request.path("projectId", _PROJECT), request.caller
    limit = request.whole_number("limit", least=1, most=LONGEST_PAGE, default=PAGE_SIZE)
    scope = sessions_scope(project_id, caller.user_id)
    after = wiring.cursors().read(scope, request.optional_query("cursor", longest=1024))
    page = wiring.session_service().sessions(caller, project_id, after, limit, datetime.now(UTC))
    return Response(sessions_answer(scope, page, wiring.cursors()))


def list_messages(request: Request) -> Response:
    """Members read their own sessions, admins everybody's; newest first, fewer than `limit` where they are long."""
    project_id, session_id = request.path("projectId", _PROJECT), request.path("sessionId", _SESSION)
    limit = request.whole_number("limit", least=1, most=LONGEST_PAGE, default=PAGE_SIZE)
    scope = messages_scope(project_id, session_id)
    after = wiring.cursors().read(scope, request.optional_query("cursor", longest=1024))
    service, now = wiring.session_service(), datetime.now(UTC)
    page = service.messages(request.caller, project_id, session_id, after, limit, now)
    return Response(messages_answer(scope, page, wiring.cursors()))


handler = routes(
    {
        "GET /api/projects/{projectId}/sessions": list_sessions,
        "GET /api/projects/{projectId}/sessions/{sessionId}/messages": list_messages,
    }
)
