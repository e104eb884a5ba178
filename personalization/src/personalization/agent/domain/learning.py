"""How a supporter's context grows with what was learned from a conversation."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from personalization.agent.domain.context import SupporterContext

MAX_REMEMBERED = 20


@dataclass(frozen=True, slots=True)
class Learned:
    """What the model learned from one turn: validated, and about the supporter only."""

    interests: tuple[str, ...] = ()
    intents: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()


def next_version(context: SupporterContext, learned: Learned, now: datetime) -> SupporterContext:
    """The context after one more turn. Learning something again changes nothing but the version."""
    return SupporterContext(
        version=context.version + 1,
        interests=_with(context.interests, learned.interests),
        intents=_with(context.intents, learned.intents),
        facts=_with(context.facts, learned.facts),
        updated_at=now,
    )


def _with(items: tuple[str, ...], new: Iterable[str]) -> tuple[str, ...]:
    """Old and new items, each once whatever its case; the most recently learned last, the oldest forgotten."""
    old = {item.casefold(): item for item in items}
    learned: dict[str, str] = {}
    for item in new:
        learned.setdefault(item.casefold(), item)
    newest = tuple(old.pop(key, item) for key, item in learned.items())
    return (*old.values(), *newest)[-MAX_REMEMBERED:]
