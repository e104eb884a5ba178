"""What a message over a socket starts."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from personalization.agent.domain.conversation import Question
from personalization.runs import wiring
from personalization.runs.requests import AskLive
from shared.http.bodies import checked
from shared.idempotency.claims import claim_of
from shared.runs.run import Run
from shared.sockets.connections import Connection


def accept(connection: Connection, message: Mapping[str, Any], announce: Callable[[Run], None]) -> None:
    """Start a run of the agent, which the connection follows; of a repeated message, follow the first run."""
    body, caller, now = checked(AskLive, message), connection.caller, datetime.now(UTC)
    question = Question(caller.user_id, body.session_id or connection.session_id, body.input)
    claim = claim_of(caller.user_id, "socket message", body.message_id, [body.input])
    started: list[Run] = []

    def announce_new(run: Run) -> None:
        started.append(run)
        announce(run)

    accepted = wiring.agent_run_service().start(
        caller, question, claim, now, followed_by=connection.connection_id, announce=announce_new
    )
    if not started and (first := wiring.run_service().find(accepted.run_id)):
        announce(first)
        wiring.run_service().follow(first, connection.connection_id, after=0)
