"""What the agent has learned of a supporter, and its correction"""

from datetime import UTC, datetime

from personalization.memory import wiring
from personalization.memory.answers import MemoryAnswer, memory_answer
from personalization.memory.domain.correcting import correct_memory, read_memory
from personalization.memory.requests import CorrectMemory
from shared.errors import Conflict, NotFound
from shared.http.api import Api
from shared.http.parameters import optional_text
from shared.http.request import Request

app = Api(prime=(wiring.contexts,))

_USER_ID = optional_text("userId", description="Of the supporter, where that is not the caller.")


@app.route("GET /agent/memory", parameters=[_USER_ID], answers={200: MemoryAnswer}, raises=[NotFound])
def read_agent_memory(request: Request) -> MemoryAnswer:
    """Supporters read what was learned of them, staff of anyone."""
    user_id = request.value(_USER_ID) or request.caller.user_id
    return memory_answer(read_memory(request.caller, user_id, wiring.contexts()))


@app.route(
    "PATCH /agent/memory",
    parameters=[_USER_ID],
    body=CorrectMemory,
    answers={200: MemoryAnswer},
    raises=[NotFound, Conflict],
)
def correct_agent_memory(request: Request[CorrectMemory]) -> MemoryAnswer:
    """Supporters forget or amend what was learned of them, staff of anyone, if `version` is still the current one."""
    caller, body = request.caller, request.body
    user_id, contexts, now = request.value(_USER_ID) or caller.user_id, wiring.contexts(), datetime.now(UTC)
    corrections = body.to_corrections()
    return memory_answer(
        correct_memory(caller, user_id, seen_version=body.version, corrections=corrections, contexts=contexts, now=now)
    )


handler = app
