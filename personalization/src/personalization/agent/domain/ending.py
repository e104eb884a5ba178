"""What is kept of a turn of the agent's whose answer is not complete: what was shown, and nothing learned from it."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from personalization.agent.domain.conversation import Interaction, Question, Session
from personalization.memory.domain.context import SupporterContext
from shared.persistence.unit_of_work import UnitOfWork
from shared.runs.run import Ending, Outcome, Run

KIND = "agent"
"""Of runs whose subject is the supporter, and whose request is `{"input": …}`."""


class Turns(Protocol):
    def latest_context(self, user_id: str) -> SupporterContext: ...

    def session(self, session_id: str, now: datetime) -> Session | None:
        """The session, whoever it belongs to; None where it is new or has expired."""
        ...

    def was_deleted(self, user_id: str, session_id: str, since: datetime) -> bool:
        """Whether the user has deleted a conversation, or all of them, after that time."""
        ...

    def add_turn(
        self,
        unit_of_work: UnitOfWork,
        interaction: Interaction,
        context: SupporterContext | None,
        session: Session | None,
        now: datetime,
    ) -> None:
        """Have a transaction write a turn; it is refused where the version is there, or the session is another's."""
        ...


class TurnEnder:
    """The Ender of the agent's runs, whatever has become of their worker."""

    def __init__(self, turns: Turns, now: Callable[[], datetime]) -> None:
        self._turns, self._now = turns, now

    def ending(self, run: Run, text: str, outcome: Outcome) -> Ending:
        """Of the answer, only the stored frames exist: another process has made it."""
        now, question = self._now(), question_of(run)
        extra = {"interactionId": run.run_id}
        if self.was_deleted(run):
            return Ending(extra, lambda _: None)
        context = self._turns.latest_context(question.user_id)
        current = self._turns.session(question.session_id, now)
        interaction = Interaction(
            interaction_id=run.run_id,
            user_id=question.user_id,
            requested_by=question.requested_by,
            session_id=question.session_id,
            occurred_at=run.created_at,
            input=question.input,
            content=text,
            basis=(),
            context_version=context.version,
            usage=None,
            status=outcome,
        )
        is_own = current is None or current.user_id == question.requested_by
        session = Session.as_of(question.session_id, question.requested_by, now, current) if is_own else None
        return Ending(extra, lambda transaction: self._turns.add_turn(transaction, interaction, None, session, now))

    def was_deleted(self, run: Run) -> bool:
        """Whether the user has deleted the conversation since the question."""
        question = question_of(run)
        return self._turns.was_deleted(question.user_id, question.session_id, run.created_at)


def question_of(run: Run) -> Question:
    return Question(run.subject, run.session_id, str(run.request["input"]), run.user_id)
