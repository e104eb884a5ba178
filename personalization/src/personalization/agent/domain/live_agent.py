"""The agent's streamed answers: the turns of `personalization.agent.domain.agent`, each of them a run.

A turn has the id of its run, and is written in the transaction that ends the run: once, however often it is delivered.
A turn that was stopped or has failed keeps what was shown, and teaches nothing: it makes no version of the context.
"""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any, Protocol

from personalization.agent.domain.agent import (
    Author,
    Memory,
    Prompt,
    Recollection,
    Reply,
    basis_of,
    lesson_of,
    prompt_for,
    recalled,
    require_own,
    sources_of,
)
from personalization.agent.domain.conversation import Interaction, Question, Session
from personalization.agent.domain.sources import Pages
from personalization.memory.domain.context import SupporterContext
from personalization.memory.domain.learning import next_version
from shared.errors import NotFound
from shared.persistence.unit_of_work import UnitOfWork
from shared.resilience.deadline import Deadline
from shared.runs.run import Ending, Outcome, Run

KIND = "agent"
"""Of runs whose subject is the supporter, and whose request is `{"input": …}`."""


class LiveMemory(Memory, Protocol):
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


@dataclass(slots=True)
class _Finished:
    """The complete reply of a run; `context` is None once a version was built on it."""

    run_id: str
    recollection: Recollection
    prompt: Prompt
    reply: Reply
    context: SupporterContext | None


class AgentAnswerer:
    """The Answerer of the agent's runs, one at a time. `author` is called only where an answer is made."""

    def __init__(
        self,
        memory: LiveMemory,
        pages: Pages,
        author: Callable[[], Author],
        now: Callable[[], datetime],
        zone: tzinfo,
        work_seconds: float = 110,
    ) -> None:
        self._memory, self._pages, self._author = memory, pages, author
        self._now, self._zone = now, zone
        self._work_seconds = work_seconds
        self._finished: _Finished | None = None

    def pieces(self, run: Run) -> Iterator[str]:
        """Raises NotFound, Unavailable."""
        question, deadline = _question(run), Deadline(self._work_seconds)
        now = self._now()
        index = self._pages.look_up(now)
        recollection = recalled(self._memory, question, now)
        prompt = prompt_for(recollection, question, index(), now, self._zone)
        with closing(self._author().speak(prompt, deadline)) as pieces:
            for piece in pieces:
                if isinstance(piece, Reply):
                    self._finished = _Finished(run.run_id, recollection, prompt, piece, recollection.context)
                else:
                    yield piece

    def ending(self, run: Run, text: str, outcome: Outcome) -> Ending:
        """Raises NotFound if the turn would be added to a session that has become somebody else's, or was deleted."""
        finished = self._finished
        if outcome == "done" and finished and finished.run_id == run.run_id:
            return self._complete(run, finished)
        return self._incomplete(run, text, outcome)

    def _complete(self, run: Run, finished: _Finished) -> Ending:
        now, question = self._now(), _question(run)
        context, current = finished.context, finished.recollection.session
        if context is None:  # it was refused: the context or the session has changed
            if self._was_deleted(run, question):
                raise NotFound("You have deleted this conversation.")
            current = self._memory.session(question.session_id, now)
            require_own(current, question)
            context = self._memory.latest_context(question.user_id)
        finished.context = None
        reply = finished.reply
        basis, sources = basis_of(finished.prompt.facts, reply), sources_of(finished.prompt, reply)
        lesson = lesson_of(finished.recollection, finished.prompt, question, reply, run.run_id, run.created_at)
        newer = next_version(context, lesson, now)
        interaction = Interaction(
            interaction_id=run.run_id,
            user_id=question.user_id,
            requested_by=question.requested_by,
            session_id=question.session_id,
            occurred_at=run.created_at,
            input=question.input,
            content=reply.content,
            basis=basis,
            context_version=newer.version,
            usage=reply.usage,
            sources=sources,
        )
        session = Session.as_of(question.session_id, question.requested_by, now, current)
        extra: dict[str, Any] = {
            "interactionId": run.run_id,
            "contextVersion": newer.version,
            "cutShort": reply.is_cut_short,
            "usage": {"inputTokens": reply.usage.input_tokens, "outputTokens": reply.usage.output_tokens},
            "basis": [{"fact": fact.name, "value": fact.value} for fact in basis],
            "sources": [{"contentId": each.content_id, "title": each.title, "url": each.url} for each in sources],
        }
        return Ending(extra, lambda transaction: self._memory.add_turn(transaction, interaction, newer, session, now))

    def _incomplete(self, run: Run, text: str, outcome: Outcome) -> Ending:
        """Another process may have made the pieces: of the answer, only the stored frames exist."""
        now, question = self._now(), _question(run)
        extra = {"interactionId": run.run_id}
        if self._was_deleted(run, question):
            return Ending(extra, lambda _: None)
        context = self._memory.latest_context(question.user_id)
        current = self._memory.session(question.session_id, now)
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
        return Ending(extra, lambda transaction: self._memory.add_turn(transaction, interaction, None, session, now))

    def _was_deleted(self, run: Run, question: Question) -> bool:
        return self._memory.was_deleted(question.user_id, question.session_id, run.created_at)


def _question(run: Run) -> Question:
    return Question(run.subject, run.session_id, str(run.request["input"]), run.user_id)
