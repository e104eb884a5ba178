"""GET /blocks, PUT /blocks/{userId}, DELETE /blocks/{userId}"""

from datetime import UTC, datetime

from communications.conversations import wiring
from communications.conversations.answers import BlocksAnswer, blocks_answer
from shared.errors import Conflict
from shared.http.api import Api
from shared.http.parameters import paging
from shared.http.request import Request

app = Api(prime=(wiring.blocks, wiring.cursors), kind="http")


@app.route("GET /blocks", parameters=paging(), answers={200: BlocksAnswer})
def list_blocks(request: Request) -> BlocksAnswer:
    """Users list whom they have blocked."""
    user_id, cursors = request.caller.user_id, wiring.cursors()
    scope = f"blocks:{user_id}"
    return blocks_answer(wiring.blocks().blocked(user_id, *request.page(cursors, scope)), scope, cursors)


@app.route("PUT /blocks/{userId}", answers={204: None}, raises=[Conflict])
def block(request: Request) -> None:
    """Users block somebody, whose messages do not reach them from then on. Idempotent."""
    user_id, blocked_id = request.caller.user_id, request.path("userId")
    if blocked_id in {user_id, "me"}:
        raise Conflict("You cannot block yourself.")
    wiring.blocks().block(user_id, blocked_id, datetime.now(UTC))


@app.route("DELETE /blocks/{userId}", answers={204: None})
def unblock(request: Request) -> None:
    """Users unblock somebody: what was sent in the meantime does not reach them. Idempotent."""
    wiring.blocks().unblock(request.caller.user_id, request.path("userId"))


handler = app
