"""What a message over a socket starts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from personalization.agent.domain.conversation import Question
from personalization.agent.domain.starting import AgentRunService
from shared.idempotency.claims import Claim
from shared.runs.run import Run
from shared.runs.service import RunService
from shared.sockets.connections import Connection
from shared.sockets.starting import start_followed


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
        """Start a run of the agent, as `start_followed` does. Raises what `AgentRunService.start` does."""
        start = partial(self._agent_runs.start, connection.caller, message.question, message.claim, now)
        start_followed(connection, start, self._runs, announce)
