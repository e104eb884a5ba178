"""How a supporter's context grows with what was learned from a conversation."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from personalization.memory.domain.context import FactKind, Forgotten, Origin, SupporterContext
from shared.json.encoding import rfc3339
from shared.text.words import STOP_WORDS, stem, words

MAX_REMEMBERED = 20
"""Of each kind."""


@dataclass(frozen=True, slots=True)
class Learned:
    """What the model learned from one turn: validated, and about the supporter only."""

    interests: tuple[str, ...] = ()
    intents: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()

    @property
    def values(self) -> Mapping[FactKind, tuple[str, ...]]:
        return {
            FactKind.INTERESTS: self.interests,
            FactKind.INTENTS: self.intents,
            FactKind.REMEMBERED: self.facts,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """What a turn teaches: `said` is what the supporter wrote in it, at `said_at`."""

    learned: Learned
    said: str
    said_at: datetime
    session_id: str
    interaction_id: str


def next_version(context: SupporterContext, lesson: Lesson, now: datetime) -> SupporterContext:
    """The context after one more turn. Learning something again changes nothing but the version and the origin.

    What was forgotten is only learned again where the supporter says it again, in a message after that.
    """
    values: dict[FactKind, tuple[str, ...]] = {}
    origins: list[Origin] = []
    taught: set[Forgotten] = set()
    for kind, old in context.values.items():
        new = []
        for value in lesson.learned.values[kind]:
            barred = _forgotten_like(value, context.forgotten) if value.casefold() not in _folded(old) else ()
            if all(_is_said_again(each, value, lesson) for each in barred):
                new.append(value)
                taught.update(barred)
        values[kind] = _with(old, new)
        learned_now = _folded(new)
        for value in values[kind]:
            if value.casefold() in learned_now:
                origins.append(Origin(kind, value, lesson.said_at, lesson.session_id, lesson.interaction_id))
            elif origin := context.origin(kind, value):
                origins.append(origin)
    return SupporterContext(
        version=context.version + 1,
        interests=values[FactKind.INTERESTS],
        intents=values[FactKind.INTENTS],
        facts=values[FactKind.REMEMBERED],
        updated_at=now,
        origins=tuple(origins),
        forgotten=tuple(each for each in context.forgotten if each not in taught),
    )


def _with(items: tuple[str, ...], new: Iterable[str]) -> tuple[str, ...]:
    """Old and new items, each once whatever its case; the most recently learned last, the oldest forgotten."""
    old = {item.casefold(): item for item in items}
    learned: dict[str, str] = {}
    for item in new:
        learned.setdefault(item.casefold(), item)
    newest = tuple(old.pop(key, item) for key, item in learned.items())
    return (*old.values(), *newest)[-MAX_REMEMBERED:]


def _folded(values: Iterable[str]) -> set[str]:
    return {value.casefold() for value in values}


def forgotten(value: str, at: datetime) -> Forgotten:
    return Forgotten(_digests(value, at), at)


def _forgotten_like(value: str, candidates: Iterable[Forgotten]) -> tuple[Forgotten, ...]:
    """What says the same in more or in fewer words: `running` and `running events`."""
    about = ((each, _digests(value, each.at)) for each in candidates)
    return tuple(each for each, words_ in about if words_ <= each.digests or each.digests <= words_)


def _is_said_again(each: Forgotten, value: str, lesson: Lesson) -> bool:
    """Whether the message itself says it: earlier turns, which the model reads too, do not count."""
    both = each.digests & _digests(value, each.at)
    return lesson.said_at > each.at and both <= _digests(lesson.said, each.at)


def _digests(text: str, at: datetime) -> frozenset[str]:
    """Of each subject; of the text where it has none."""
    of = subjects(text) or {text.casefold()}
    return frozenset(sha256(f"{rfc3339(at)} {each}".encode()).hexdigest()[:32] for each in of)


def subjects(text: str) -> frozenset[str]:
    """What a text is about: the stems of its words, without those that say nothing alone."""
    return frozenset(stem(word) for word in words(text) if word not in STOP_WORDS)
