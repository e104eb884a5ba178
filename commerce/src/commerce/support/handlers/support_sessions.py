"""A customer's chats, and their messages"""

from datetime import UTC, datetime

from commerce.support import wiring
from commerce.support.answers import (
    SupportMessages,
    SupportSessions,
    messages_answer,
    messages_scope,
    sessions_answer,
    sessions_scope,
)
from commerce.support.domain.history import MAX_PAGE_SIZE, PAGE_SIZE
from shared.http.api import Api
from shared.http.parameters import paging
from shared.http.request import Request

app = Api(prime=(wiring.session_service, wiring.cursors))

_PAGE = paging(size=PAGE_SIZE, max_size=MAX_PAGE_SIZE)


@app.route("GET /support/sessions", parameters=_PAGE, answers={200: SupportSessions})
def list_support_sessions(request: Request) -> SupportSessions:
    """Customers see their own chats; the most recently used first."""
    caller, cursors, scope = request.caller, wiring.cursors(), sessions_scope(request.caller.user_id)
    after, limit = request.page(cursors, scope)
    page = wiring.session_service().sessions(caller, after, limit, datetime.now(UTC))
    return sessions_answer(scope, page, cursors)


@app.route("GET /support/sessions/{sessionId}/messages", parameters=_PAGE, answers={200: SupportMessages})
def list_support_messages(request: Request) -> SupportMessages:
    """Customers read their own chats; newest first."""
    caller, session_id, cursors = request.caller, request.path("sessionId"), wiring.cursors()
    scope = messages_scope(caller.user_id, session_id)
    after, limit = request.page(cursors, scope)
    page = wiring.session_service().messages(caller, session_id, after, limit, datetime.now(UTC))
    return messages_answer(scope, page, cursors)


handler = app
