"""The personal agent: answers supporters from what they have agreed to share, and learns from what they say.

Nothing is written before the answer is complete; then the interaction, the next version of the context and the session
are written together or not at all. Here the answer comes in one piece; `personalization.agent.domain.live_agent`
streams it.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Protocol

from personalization.agent.domain.conversation import Interaction, Question, Session, SourceItem, Turn
from personalization.agent.domain.facts import Fact, permitted_facts
from personalization.agent.domain.sources import Pages, Reader, Source, find_sources, said_by_supporter
from personalization.donations.domain.donations import DonationPage
from personalization.memory.domain.context import SupporterContext
from personalization.memory.domain.learning import Learned, Lesson, next_version
from personalization.search.domain.search_index import Index
from personalization.supporters.domain.consent import PERSONALISATION, consents
from personalization.supporters.domain.supporter import Supporter
from shared.auth.callers import Caller
from shared.errors import NotFound, Unavailable, VersionConflict
from shared.idempotency.claims import Claim, FirstAnswer, KeyInUse
from shared.models.model import Usage
from shared.resilience.deadline import Deadline

_MAX_ATTEMPTS = 10


@dataclass(frozen=True, slots=True)
class Recollection:
    """What the agent remembers when a question arrives; `turns` oldest first.

    `session` is None where it is new or has expired. `is_answered` where the claim was answered already.
    """

    supporter: Supporter
    donations: DonationPage
    context: SupporterContext
    session: Session | None
    turns: tuple[Turn, ...]
    is_answered: bool = False


@dataclass(frozen=True, slots=True)
class Prompt:
    facts: tuple[Fact, ...]
    turns: tuple[Turn, ...]
    input: str
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """What the model answered. `used` names facts of the prompt, and nothing that the model made up.

    `[1]` in the content is the first of `cited`, which has the numbers of the prompt's sources, from 1.
    `is_cut_short` where the answer ran into the limit on its length.
    """

    content: str
    used: tuple[str, ...]
    learned: Learned
    usage: Usage
    is_cut_short: bool = False
    cited: tuple[int, ...] = ()


class Memory(Protocol):
    def recall(self, question: Question, now: datetime, claim: Claim | None = None) -> Recollection | None:
        """One round of concurrent reads, without anonymous gifts; None if there is no such supporter.

        Of the session's turns, the newest MAX_TURNS.
        """
        ...

    def record(
        self,
        interaction: Interaction,
        context: SupporterContext,
        session: Session,
        now: datetime,
        first_answer: FirstAnswer | None = None,
    ) -> None:
        """All of them or nothing.

        Raises KeyInUse; VersionConflict if another turn has written this version of the context; NotFound if the
        session has become somebody else's, or the conversation was deleted after the question.
        """
        ...

    def latest_context(self, user_id: str) -> SupporterContext: ...


class Author(Protocol):
    def reply(self, prompt: Prompt, deadline: Deadline) -> Reply:
        """Raises Unavailable."""
        ...

    def speak(self, prompt: Prompt, deadline: Deadline) -> Generator[str | Reply]:
        """The reply's text as it is written, never an empty piece; then the reply. Raises Unavailable."""
        ...


@dataclass(frozen=True, slots=True)
class BasisItem:
    """One fact that an answer used."""

    fact: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentAnswer:
    """What the caller receives; `[1]` in the content is the first of the sources."""

    content: str
    session_id: str
    interaction_id: str
    context_version: int
    usage: Usage
    basis: tuple[BasisItem, ...]
    sources: tuple[SourceItem, ...]


def recalled(memory: Memory, question: Question, now: datetime, claim: Claim | None = None) -> Recollection:
    """What to answer from.

    Raises NotFound if there is no such supporter, or the session is another's; KeyInUse if the claim was answered: a
    model's second answer would only be thrown away.
    """
    recollection = memory.recall(question, now, claim)
    if recollection is None:
        raise NotFound("There is no such supporter.")
    if recollection.is_answered:
        raise KeyInUse
    require_own(recollection.session, question)
    return recollection


def require_own(session: Session | None, question: Question) -> None:
    """Raises NotFound if the session is another's, the supporter's own where staff ask."""
    if session and session.user_id != question.requested_by:
        raise NotFound("There is no such session.")


def prompt_for(recollection: Recollection, question: Question, index: Index, now: datetime, zone: tzinfo) -> Prompt:
    supporter, context = recollection.supporter, recollection.context
    facts = permitted_facts(supporter, recollection.donations, context, zone)
    reader = Reader.of(supporter, context)
    sources = find_sources(question.input, recollection.turns, reader, index, now, zone)
    return Prompt(facts, recollection.turns, question.input, sources)


def basis_of(facts: tuple[Fact, ...], reply: Reply) -> tuple[Fact, ...]:
    """The facts that the reply is based on, each once."""
    return tuple(fact for fact in facts if fact.name in reply.used)


def sources_of(prompt: Prompt, reply: Reply) -> tuple[SourceItem, ...]:
    """The pages that the reply cites, in the order of its numbers."""
    cited = (prompt.sources[number - 1] for number in reply.cited)
    return tuple(SourceItem(each.content_id, each.title, each.url) for each in cited)


def lesson_of(
    recollection: Recollection,
    prompt: Prompt,
    question: Question,
    reply: Reply,
    interaction_id: str,
    requested_at: datetime,
) -> Lesson:
    """What may be kept of what was learned: nothing without consent, or from what others than the supporter say."""
    may_learn = question.is_own and consents(recollection.supporter, PERSONALISATION)
    return Lesson(
        learned=said_by_supporter(reply.learned, question.input, prompt.sources) if may_learn else Learned(),
        said=question.input,
        said_at=requested_at,
        session_id=question.session_id,
        interaction_id=interaction_id,
    )


class Agent:
    """`zone` is where the charity is."""

    def __init__(
        self,
        memory: Memory,
        pages: Pages,
        author: Author,
        now: Callable[[], datetime],
        new_id: Callable[[datetime], str],
        zone: tzinfo,
    ) -> None:
        self._memory, self._pages, self._author = memory, pages, author
        self._now, self._new_id, self._zone = now, new_id, zone

    def answer(self, caller: Caller, question: Question, deadline: Deadline, claim: Claim | None = None) -> AgentAnswer:
        """Raises NotFound for another's user id or session; KeyInUse; Unavailable, with nothing written, if time ran
        out.
        """
        caller.require_access_to(question.user_id)
        requested_at = self._now()
        index = self._pages.look_up(requested_at)
        recollection = recalled(self._memory, question, requested_at, claim)
        prompt = prompt_for(recollection, question, index(), requested_at, self._zone)
        reply = self._author.reply(prompt, deadline)
        return self._record(question, requested_at, recollection, prompt, reply, deadline, claim)

    def _record(
        self,
        question: Question,
        requested_at: datetime,
        recollection: Recollection,
        prompt: Prompt,
        reply: Reply,
        deadline: Deadline,
        claim: Claim | None,
    ) -> AgentAnswer:
        """Write the turn on top of the newest context: of concurrent turns, each gets a version of its own."""
        now, context = self._now(), recollection.context
        basis, sources = basis_of(prompt.facts, reply), sources_of(prompt, reply)
        interaction_id = self._new_id(now)
        lesson = lesson_of(recollection, prompt, question, reply, interaction_id, requested_at)
        for _ in range(_MAX_ATTEMPTS):
            if not deadline.remaining_seconds:
                break
            newer = next_version(context, lesson, now)
            interaction = Interaction(
                interaction_id=interaction_id,
                user_id=question.user_id,
                requested_by=question.requested_by,
                session_id=question.session_id,
                occurred_at=requested_at,
                input=question.input,
                content=reply.content,
                basis=basis,
                context_version=newer.version,
                usage=reply.usage,
                sources=sources,
            )
            answer = AgentAnswer(
                content=reply.content,
                session_id=question.session_id,
                interaction_id=interaction_id,
                context_version=newer.version,
                usage=reply.usage,
                basis=tuple(BasisItem(fact.name, fact.value) for fact in basis),
                sources=sources,
            )
            first_answer = claim.answered(answer, now) if claim else None
            session = Session.as_of(question.session_id, question.requested_by, now, recollection.session)
            try:
                self._memory.record(interaction, newer, session, now, first_answer)
            except VersionConflict:
                context = self._memory.latest_context(question.user_id)
                continue
            return answer
        raise Unavailable(
            "The answer could not be saved in time; nothing was changed, ask again.", retry_after_seconds=2
        )
