"""What the platform has learned about a supporter, in numbered versions that are never overwritten.

Only what was forgotten is taken out of the versions before, too.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class FactKind(StrEnum):
    """What was learned, under the names that the basis of an answer has for it."""

    INTERESTS = "interests"
    INTENTS = "intents"
    REMEMBERED = "remembered"


@dataclass(frozen=True, slots=True)
class Origin:
    """When and where something was learned; both ids are None where it was corrected by hand."""

    kind: FactKind
    value: str
    learned_at: datetime
    session_id: str | None = None
    interaction_id: str | None = None


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What must not be learned again from what was said before: digests of its words, so that it is not kept itself."""

    digests: frozenset[str]
    at: datetime


@dataclass(frozen=True, slots=True)
class SupporterContext:
    """Version 0 is the empty context of a supporter who has not talked with the agent yet.

    What has no origin was learned before origins were kept.
    """

    version: int = 0
    interests: tuple[str, ...] = ()
    intents: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    updated_at: datetime | None = None
    origins: tuple[Origin, ...] = ()
    forgotten: tuple[Forgotten, ...] = ()

    @property
    def values(self) -> Mapping[FactKind, tuple[str, ...]]:
        """Everything that was learned, by kind; the most recently learned last."""
        return {
            FactKind.INTERESTS: self.interests,
            FactKind.INTENTS: self.intents,
            FactKind.REMEMBERED: self.facts,
        }

    def origin(self, kind: FactKind, value: str) -> Origin | None:
        return next((each for each in self.origins if (each.kind, each.value) == (kind, value)), None)
