"""The pages of the charity's content that may help to answer a question, found before the model is called."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Protocol

from personalization.agent.domain.conversation import Turn
from personalization.content.domain.content import Content
from personalization.memory.domain.context import SupporterContext
from personalization.memory.domain.learning import Learned, subjects
from personalization.search.domain.ranking import Preferences, preferences_of, rank, when
from personalization.search.domain.search_index import Index, MatchKind
from personalization.supporters.domain.consent import PERSONALISATION, consents
from personalization.supporters.domain.supporter import Supporter
from shared.text.words import STOP_WORDS, words

MAX_SOURCES = 4
_MAX_WORDS = 24  # of a question: each takes time to look up
_MAX_CHARACTERS = 900  # of a page, as the model reads it

_NEARNESS = frozenset({"close", "closest", "local", "locally", "near", "nearby", "nearest"})
_WORDS_OF_SMALL_TALK = """
    again all also any anything been begin begins could did does else first get go going good got had has have hello
    hi if interested know last let like look looking love may maybe more much need next no not now one ones please
    really remember second should some somebody something start starts sure take tell thank thanks them then there
    these they thing things think third those too up used very want was well were which who why will would yes
"""
_SMALL_TALK = STOP_WORDS.union(_WORDS_OF_SMALL_TALK.split())
"""No subjects of questions, besides what search does not look for either."""


@dataclass(frozen=True, slots=True)
class Source:
    """A page as the model reads it."""

    content_id: str
    title: str
    kind: str
    text: str
    url: str | None


class Pages(Protocol):
    def look_up(self, now: datetime) -> Callable[[], Index]:
        """Begin to look whether content has changed; what is returned waits for it, and gives the index.

        Both raise Unavailable.
        """
        ...


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom pages are found for: what may influence it, and the places where they live, with their consent only."""

    preferences: Preferences
    places: tuple[str, ...]

    @classmethod
    def of(cls, supporter: Supporter, context: SupporterContext) -> "Reader":
        places = tuple(_places(context)) if consents(supporter, PERSONALISATION) else ()
        return cls(preferences_of(supporter, context), places)


def find_sources(
    question: str, turns: Sequence[Turn], reader: Reader, index: Index, now: datetime, zone: tzinfo
) -> tuple[Source, ...]:
    """The best pages first. A question that names no subject is about that of the one before."""
    found = _pages(question, reader, index, now)
    if not found and turns:
        found = _pages(turns[-1].input, reader, index, now)
    return tuple(_source(content, now, zone) for content in found)


def _pages(question: str, reader: Reader, index: Index, now: datetime) -> list[Content]:
    """Of the pages that have a word of the question, those that fit at least half as well as the best."""
    said = words(question)
    wanted = [word for word in said if word not in _SMALL_TALK | _NEARNESS][:_MAX_WORDS]
    if not _NEARNESS.isdisjoint(said):
        wanted += [word for place in reader.places for word in words(place)]
    if not wanted:
        return []
    ranked, _ = rank(" ".join(wanted), index, reader.preferences, now)
    exact = [each for each in ranked if any(match.kind is MatchKind.EXACT for match in each.matches.values())]
    best = exact or ranked
    return [each.content for each in best[:MAX_SOURCES] if each.points * 2 >= best[0].points]


def _source(content: Content, now: datetime, zone: tzinfo) -> Source:
    days = when(content, now, zone)
    text = f"It {days}. {content.summary} {content.body}" if days else f"{content.summary} {content.body}"
    return Source(content.content_id, content.title, content.kind.value, text[:_MAX_CHARACTERS], content.url)


def said_by_supporter(learned: Learned, said: str, sources: Sequence[Source]) -> Learned:
    """What was learned from the supporter, and not from a page, which might have the model note what it likes.

    Where there are pages, a note has to have a word of the message; where it has words of a page that the message has
    not, half of its words at least have to be the message's.
    """
    if not sources:
        return learned
    message = subjects(said)
    pages = frozenset[str]().union(*(subjects(f"{source.title} {source.text}") for source in sources)) - message

    def is_own(note: str) -> bool:
        about = subjects(note)
        heard = about & message
        return bool(heard) and (not about & pages or 2 * len(heard) >= len(about))

    return Learned(
        interests=tuple(filter(is_own, learned.interests)),
        intents=tuple(filter(is_own, learned.intents)),
        facts=tuple(filter(is_own, learned.facts)),
    )


_PLACE = re.compile(r"\b(?:in|near|around|from|outside)\s+((?:[A-Z][\w'’-]*)(?:\s+(?:of\s+|upon\s+)?[A-Z][\w'’-]*)*)")


def _places(context: SupporterContext) -> Iterator[str]:
    """Where what is remembered says that they are: `lives in Hebden Bridge`."""
    for fact in context.facts:
        yield from _PLACE.findall(fact)
