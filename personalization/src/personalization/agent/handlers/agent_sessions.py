"""A supporter's conversations with the agent: their list, their turns, and deleting them"""

from datetime import UTC, datetime

from personalization.agent import wiring
from personalization.agent.answers import (
    ConversationList,
    TurnList,
    conversations_answer,
    conversations_scope,
    turns_answer,
    turns_scope,
)
from personalization.agent.domain.conversations import list_conversations, read_turns
from shared.errors import NotFound
from shared.http.api import Api
from shared.http.parameters import optional_text, paging
from shared.http.request import Request

app = Api(prime=(wiring.conversations, wiring.conversation_remover, wiring.cursors))

_USER_ID = optional_text("userId", description="Of the supporter, where that is not the caller.")
_PAGE = paging(size=20, max_size=50)


@app.route("GET /agent/sessions", parameters=[_USER_ID, *_PAGE], answers={200: ConversationList}, raises=[NotFound])
def list_agent_sessions(request: Request) -> ConversationList:
    """Supporters see their own conversations, staff anyone's; the most recently used first."""
    user_id, cursors = _user_id(request), wiring.cursors()
    scope = conversations_scope(user_id)
    page = list_conversations(request.caller, user_id, wiring.conversations(), *request.page(cursors, scope))
    return conversations_answer(scope, page, cursors)


@app.route(
    "GET /agent/sessions/{sessionId}/turns", parameters=[_USER_ID, *_PAGE], answers={200: TurnList}, raises=[NotFound]
)
def list_agent_turns(request: Request) -> TurnList:
    """Supporters read their own conversations, staff anyone's; newest first."""
    user_id, session_id, cursors = _user_id(request), request.path("sessionId"), wiring.cursors()
    scope = turns_scope(user_id, session_id)
    page = read_turns(request.caller, user_id, session_id, wiring.conversations(), *request.page(cursors, scope))
    return turns_answer(scope, page, cursors)


@app.route("DELETE /agent/sessions/{sessionId}", parameters=[_USER_ID], answers={204: None}, raises=[NotFound])
def delete_agent_session(request: Request) -> None:
    """Supporters delete a conversation of theirs with what it taught, staff anyone's. Idempotent."""
    session_id, now = request.path("sessionId"), datetime.now(UTC)
    wiring.conversation_remover().delete(request.caller, _user_id(request), session_id, now)


@app.route("DELETE /agent/sessions", parameters=[_USER_ID], answers={204: None}, raises=[NotFound])
def delete_agent_sessions(request: Request) -> None:
    """Supporters delete all conversations of theirs with what they taught, staff anyone's. Idempotent."""
    wiring.conversation_remover().delete_all(request.caller, _user_id(request), datetime.now(UTC))


def _user_id(request: Request) -> str:
    return request.value(_USER_ID) or request.caller.user_id


handler = app
