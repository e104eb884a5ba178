"""What the platform has learned about a supporter, in numbered versions that are never overwritten."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class SupporterContext:
    """Version 0 is the empty context of a supporter who has not talked with the agent yet."""

    version: int = 0
    interests: tuple[str, ...] = ()
    intents: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    updated_at: datetime | None = None
