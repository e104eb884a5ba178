"""What a supporter's message over a socket starts."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from personalization.agent.domain.conversation import Question
from personalization.runs import wiring
from personalization.runs.agent_runs import start_run
from personalization.runs.requests import AskLive
from shared.http.bodies import checked
from shared.idempotency.claims import claim_of
from shared.runs.following import follow
from shared.runs.run import Run
from shared.sockets.connections import Connection


def accept(connection: Connection, message: Mapping[str, Any], announce: Callable[[Run], None]) -> None:
    """Start a run of the agent, which the connection follows; of a message that came before, follow the first run.

    Raises Invalid, NotFound for another's session, Unavailable.
    """
    now, asked, caller = datetime.now(UTC), checked(AskLive, message), connection.caller
    question = Question(caller.user_id, asked.session_id or connection.session_id, asked.input)
    claim = claim_of(caller.user_id, "socket message", asked.message_id, [asked.input])
    announced: list[Run] = []

    def tell(run: Run) -> None:
        announced.append(run)
        announce(run)

    first = start_run(caller, question, claim, now, connection.connection_id, tell)
    if not announced and (earlier := wiring.log().find(first["runId"], now)):
        announce(earlier)
        follow(earlier, 0, connection.connection_id, wiring.log(), wiring.sender(), now)
