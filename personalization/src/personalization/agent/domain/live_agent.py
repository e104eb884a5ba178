"""The agent live: the turns of `personalization.agent.domain.agent`, said piece by piece, each as a run.

A turn's id is its run's, and it is written in the transaction that ends the run: once, however often it is delivered.
One that was stopped or failed keeps what was shown, and teaches nothing: it makes no version of the context.
"""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from personalization.agent.domain.agent import (
    Author,
    Memory,
    Recollection,
    Reply,
    basis_of,
    lesson_of,
    prompt_for,
    recalled,
    require_own,
)
from personalization.agent.domain.context import SupporterContext
from personalization.agent.domain.conversation import Interaction, Question, Session
from personalization.agent.domain.facts import Fact
from personalization.agent.domain.learning import next_version
from shared.persistence.unit_of_work import UnitOfWork
from shared.resilience.deadline import Deadline
from shared.runs.run import Ending, Outcome, Run

KIND = "agent"
"""Runs of this kind: the subject is the supporter, the request `{"input": …}`."""


class LiveMemory(Memory, Protocol):
    def session(self, session_id: str, now: datetime) -> Session | None:
        """Whoever's it is; None where it is new or has expired."""
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


@dataclass(slots=True)
class _Spoken:
    """What a run's answer came to; `context` is None once it has been built on."""

    run_id: str
    known: Recollection
    facts: tuple[Fact, ...]
    reply: Reply
    context: SupporterContext | None


class AgentAnswerer:
    """An Answerer of the agent's runs, one at a time; the author is asked for only where an answer is made."""

    def __init__(
        self,
        memory: LiveMemory,
        author: Callable[[], Author],
        now: Callable[[], datetime],
        work_seconds: float = 110,
    ) -> None:
        self._memory, self._author, self._now, self._work_seconds = memory, author, now, work_seconds
        self._spoken: _Spoken | None = None

    def pieces(self, run: Run) -> Iterator[str]:
        """Raises NotFound, Unavailable."""
        question, deadline = _question(run), Deadline(self._work_seconds)
        known = recalled(self._memory, question, self._now())
        prompt = prompt_for(known, question)
        with closing(self._author().speak(prompt, deadline)) as spoken:
            for piece in spoken:
                if isinstance(piece, Reply):
                    self._spoken = _Spoken(run.run_id, known, prompt.facts, piece, known.context)
                else:
                    yield piece

    def ending(self, run: Run, text: str, outcome: Outcome) -> Ending:
        """Raises NotFound where the session is somebody else's by now, and the turn would be added to it."""
        spoken = self._spoken
        if outcome == "done" and spoken and spoken.run_id == run.run_id:
            return self._done(run, spoken)
        return self._broken_off(run, text, outcome)

    def _done(self, run: Run, spoken: _Spoken) -> Ending:
        now, question = self._now(), _question(run)
        context = spoken.context
        if context is None:  # it was refused: somebody was quicker, in the context or in the session
            require_own(self._memory.session(question.session_id, now), question)
            context = self._memory.latest_context(question.user_id)
        spoken.context = None
        reply = spoken.reply
        basis, learned = basis_of(spoken.facts, reply), lesson_of(spoken.known, reply)
        newer = next_version(context, learned, now)
        interaction = Interaction(
            interaction_id=run.run_id,
            user_id=question.user_id,
            session_id=question.session_id,
            occurred_at=run.created_at,
            input=question.input,
            content=reply.content,
            basis=basis,
            context_version=newer.version,
            usage=reply.usage,
        )
        session = Session.as_of(question.session_id, question.user_id, now)
        told: dict[str, Any] = {
            "interactionId": run.run_id,
            "contextVersion": newer.version,
            "cutShort": reply.is_cut_short,
            "usage": {"inputTokens": reply.usage.input_tokens, "outputTokens": reply.usage.output_tokens},
            "basis": [{"fact": fact.name, "value": fact.value} for fact in basis],
        }
        return Ending(told, lambda transaction: self._memory.add_turn(transaction, interaction, newer, session, now))

    def _broken_off(self, run: Run, text: str, outcome: Outcome) -> Ending:
        """Also called by who did not make the pieces: all that is known is what was shown."""
        now, question = self._now(), _question(run)
        context = self._memory.latest_context(question.user_id)
        kept = self._memory.session(question.session_id, now)
        interaction = Interaction(
            interaction_id=run.run_id,
            user_id=question.user_id,
            session_id=question.session_id,
            occurred_at=run.created_at,
            input=question.input,
            content=text,
            basis=(),
            context_version=context.version,
            usage=None,
            status=outcome,
        )
        is_own = kept is None or kept.user_id == question.user_id
        session = Session.as_of(question.session_id, question.user_id, now) if is_own else None
        return Ending(
            {"interactionId": run.run_id},
            lambda transaction: self._memory.add_turn(transaction, interaction, None, session, now),
        )


def _question(run: Run) -> Question:
    return Question(run.subject, run.session_id, str(run.request["input"]))
