"""How a supporter's context grows with what a conversation taught."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from personalization.agent.domain.context import SupporterContext

REMEMBERED_AT_MOST = 20


@dataclass(frozen=True, slots=True)
class Learned:
    """What the model took from one turn; checked, and said of the supporter only."""

    interests: tuple[str, ...] = ()
    intents: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()


def next_version(context: SupporterContext, learned: Learned, now: datetime) -> SupporterContext:
    """The context after one more turn. Learning the same twice changes nothing but the version."""
    return SupporterContext(
        version=context.version + 1,
        interests=_with(context.interests, learned.interests),
        intents=_with(context.intents, learned.intents),
        facts=_with(context.facts, learned.facts),
        updated_at=now,
    )


def _with(known: tuple[str, ...], new: Iterable[str]) -> tuple[str, ...]:
    """Known and new, each once whatever its case; what was said last stands last, and the oldest are forgotten."""
    before = {item.casefold(): item for item in known}
    said: dict[str, str] = {}
    for item in new:
        said.setdefault(item.casefold(), item)
    again = tuple(before.pop(key, item) for key, item in said.items())
    return (*before.values(), *again)[-REMEMBERED_AT_MOST:]
