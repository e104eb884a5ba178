"""Starting the agent's runs: check who asks, then queue the question."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from personalization.agent.domain.agent import require_own
from personalization.agent.domain.conversation import Question, Standing
from personalization.agent.domain.ending import KIND
from shared.auth.callers import Caller
from shared.errors import NotFound
from shared.idempotency.claims import Claim
from shared.runs.run import Accepted, Run, queued_run
from shared.runs.starting import Records, RunStarter


class Standings(Protocol):
    def standing(self, user_id: str, session_id: str, now: datetime) -> Standing:
        """One round of two reads."""
        ...


class AgentRunService:
    """Starts the agent's streamed answers, over a socket or over HTTP."""

    def __init__(
        self, *, standings: Standings, starter: RunStarter, records: Records, new_id: Callable[[datetime], str]
    ) -> None:
        self._standings, self._starter, self._records, self._new_id = standings, starter, records, new_id

    def start(
        self,
        caller: Caller,
        question: Question,
        claim: Claim | None,
        now: datetime,
        *,
        followed_by: str | None = None,
        announce: Callable[[Run], object] = lambda _: None,
    ) -> Accepted:
        """The run that was accepted, or the one that was accepted first under the claim.

        Raises NotFound for another's user id, staff's too, as only whoever starts a run may follow it; NotFound for
        another's session; and what `RunStarter.start_once` raises.
        """
        self._authorize(caller, question, now)
        run = queued_run(
            run_id=self._new_id(now),
            kind=KIND,
            user_id=caller.user_id,
            subject=caller.user_id,
            session_id=question.session_id,
            request={"input": question.input},
            now=now,
        )
        if followed_by:
            run = run.followed_by(followed_by)
        return self._starter.start_once(run, claim, records=self._records, now=now, announce=lambda: announce(run))

    def _authorize(self, caller: Caller, question: Question, now: datetime) -> None:
        """Raises NotFound."""
        if question.user_id != caller.user_id:
            raise NotFound("There is no such supporter.")
        standing = self._standings.standing(question.user_id, question.session_id, now)
        if not standing.is_supporter:
            raise NotFound("There is no such supporter.")
        require_own(standing.session, question)
