"""What a supporter's message over a socket starts."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from personalization import live
from personalization.agent_runs import start_run
from personalization.domain.conversation import Question
from personalization.requests import AskLive
from shared.bodies import checked
from shared.idempotency import claim_of
from shared.run_following import follow
from shared.runs import Run
from shared.sockets import Connection


def accept(connection: Connection, message: Mapping[str, Any], announce: Callable[[Run], None]) -> None:
    """Start a run of the agent, which the connection follows; of a message that came before, follow the first run.

    Raises Invalid, NotFound for another's session, Unavailable.
    """
    now, asked, caller = datetime.now(UTC), checked(AskLive, message), connection.caller
    question = Question(caller.user_id, asked.session_id or connection.session_id, asked.input)
    claim = claim_of(caller.user_id, "socket message", asked.message_id, [asked.input], required=False)
    announced: list[Run] = []

    def tell(run: Run) -> None:
        announced.append(run)
        announce(run)

    first = start_run(caller, question, claim, now, connection.connection_id, tell)
    if not announced and (earlier := live.log().find(first["runId"], now)):
        announce(earlier)
        follow(earlier, 0, connection.connection_id, live.log(), live.sender(), now)
