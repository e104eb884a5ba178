"""What a message over a socket starts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from personalization.agent.domain.conversation import Question
from personalization.agent.domain.starting import AgentRunService
from shared.idempotency.claims import Claim
from shared.runs.run import Run
from shared.runs.service import RunService
from shared.sockets.connections import Connection


@dataclass(frozen=True, slots=True)
class AgentMessage:
    question: Question
    claim: Claim | None


class MessageService:
    def __init__(self, agent_runs: AgentRunService, runs: RunService) -> None:
        self._agent_runs, self._runs = agent_runs, runs

    def accept(
        self, connection: Connection, message: AgentMessage, announce: Callable[[Run], object], now: datetime
    ) -> None:
        """Start a run of the agent, which the connection follows; of a repeated message, follow the first run.

        Raises what `AgentRunService.start` does.
        """
        started: list[Run] = []

        def announce_new(run: Run) -> None:
            started.append(run)
            announce(run)

        accepted = self._agent_runs.start(
            connection.caller,
            message.question,
            message.claim,
            now,
            followed_by=connection.connection_id,
            announce=announce_new,
        )
        if not started and (first := self._runs.find(accepted.run_id)):
            announce(first)
            self._runs.follow(first, connection.connection_id, after=0)
