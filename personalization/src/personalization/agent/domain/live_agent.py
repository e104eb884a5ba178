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
from personalization.agent.domain.conversation import Interaction, Session
from personalization.agent.domain.ending import TurnEnder, Turns, question_of
from personalization.agent.domain.sources import Pages
from personalization.memory.domain.context import SupporterContext
from personalization.memory.domain.learning import next_version
from shared.errors import NotFound
from shared.resilience.deadline import Deadline
from shared.runs.run import Ending, Outcome, Run


class LiveMemory(Memory, Turns, Protocol): ...


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
        self._ender = TurnEnder(memory, now)

    def pieces(self, run: Run) -> Iterator[str]:
        """Raises NotFound, Unavailable."""
        question, deadline = question_of(run), Deadline(self._work_seconds)
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
        return self._ender.ending(run, text, outcome)

    def _complete(self, run: Run, finished: _Finished) -> Ending:
        now, question = self._now(), question_of(run)
        context, current = finished.context, finished.recollection.session
        if context is None:  # it was refused: the context or the session has changed
            if self._ender.was_deleted(run):
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
