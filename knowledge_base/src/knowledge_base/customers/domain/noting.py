"""Noting what customers did, and what it sounded like."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from knowledge_base.customers.domain.interactions import Interaction, Interactions


class Sentiments(Protocol):
    def of(self, text: str) -> float | None:
        """From -1 to 1; None where it is unclear. Raises Unavailable."""
        ...


@dataclass(frozen=True, slots=True)
class Noting:
    interactions: Interactions
    sentiments: Sentiments
    now: Callable[[], datetime]

    def note(self, interaction: Interaction, text: str) -> bool:
        """The interaction first, which counts also while no model answers; then what the customer's text sounds like.

        May be repeated: what is there already stays. False for whoever was erased. Raises Unavailable: repeat it then.
        """
        self.interactions.note(interaction, self.now())
        sentiment = self.sentiments.of(text)
        return sentiment is None or self.interactions.feel(interaction, sentiment, self.now())
