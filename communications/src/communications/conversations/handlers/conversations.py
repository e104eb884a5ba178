"""Reading: GET /conversations, GET /conversations/{conversationId}/messages"""

from communications.conversations import wiring
from communications.conversations.answers import (
    ConversationsAnswer,
    MessagesAnswer,
    conversations_answer,
    messages_answer,
    position_of,
)
from shared.http.api import Api
from shared.http.parameters import either, optional_whole_number, paging
from shared.http.request import Request

app = Api(prime=(wiring.listing, wiring.reading, wiring.cursors), kind="http")

_LIMIT, _cursor = paging()
_SINCE, _CURSOR = either(
    optional_whole_number("since", 0, 10**15, description="What has arrived or changed after this number."), _cursor
)


@app.route("GET /conversations", parameters=paging(), answers={200: ConversationsAnswer})
def list_conversations(request: Request) -> ConversationsAnswer:
    """Users list their conversations, the latest first, with what is unread."""
    user_id, cursors = request.caller.user_id, wiring.cursors()
    scope = f"conversations:{user_id}"
    page = wiring.listing().page(user_id, *request.page(cursors, scope))
    return conversations_answer(page, scope, cursors)


@app.route(
    "GET /conversations/{conversationId}/messages",
    parameters=[_LIMIT, _SINCE, _CURSOR],
    answers={200: MessagesAnswer},
)
def list_messages(request: Request) -> MessagesAnswer:
    """Members read messages, the newest first, or, with `since`, all that they have missed, the oldest first."""
    user_id, conversation_id, cursors = request.caller.user_id, request.path("conversationId"), wiring.cursors()
    scope = f"messages:{user_id}:{conversation_id}"
    after, limit = request.page(cursors, scope)
    page = wiring.reading().page(user_id, conversation_id, request.value(_SINCE), position_of(after), limit)
    return messages_answer(page, scope, cursors)


handler = app
