"""What a message over a socket starts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from personalization.agent.domain.conversation import Question
from personalization.agent.domain.starting import AgentRunService
from personalization.articles.domain.starting import ArticleRequest, ArticleRunService
from shared.auth.callers import Caller
from shared.idempotency.claims import Claim, FirstAnswers
from shared.runs.run import Accepted, Run
from shared.runs.service import RunService
from shared.runs.starting import accepted_once
from shared.sockets.connections import Connection
from shared.sockets.starting import Start, start_followed


@dataclass(frozen=True, slots=True)
class AgentMessage:
    question: Question
    claim: Claim | None


@dataclass(frozen=True, slots=True)
class ArticleMessage:
    request: ArticleRequest
    claim: Claim | None


type Message = AgentMessage | ArticleMessage


class MessageService:
    def __init__(
        self,
        *,
        agent_runs: AgentRunService,
        article_runs: ArticleRunService,
        records: FirstAnswers,
        runs: RunService,
    ) -> None:
        self._agent_runs, self._article_runs = agent_runs, article_runs
        self._records, self._runs = records, runs

    def accept(
        self, connection: Connection, message: Message, announce: Callable[[Run], object], now: datetime
    ) -> None:
        """Start a run of the agent or of an article, as `start_followed` does. Raises what their services do."""
        start_followed(connection, self._start(connection.caller, message, now), self._runs, announce)

    def _start(self, caller: Caller, message: Message, now: datetime) -> Start:
        match message:
            case AgentMessage(question, claim):
                return partial(self._agent_runs.start, caller, question, claim, now)
            case ArticleMessage():
                return partial(self._start_article, caller, message, now)

    def _start_article(
        self,
        caller: Caller,
        message: ArticleMessage,
        now: datetime,
        *,
        followed_by: str,
        announce: Callable[[Run], object],
    ) -> Accepted:
        def start() -> Accepted:
            return self._article_runs.start(
                caller, message.request, now, message.claim, followed_by=followed_by, announce=announce
            )

        return accepted_once(message.claim, self._records, now, start)
