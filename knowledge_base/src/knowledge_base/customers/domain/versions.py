"""What was last written about a customer, so that warm functions notice that what they keep has changed."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from knowledge_base.customers.domain.recording import CustomerFacts, Fact


@dataclass(frozen=True, slots=True)
class Version:
    """`token` is another one after each change."""

    token: str
    changed_at: datetime


class Versions(Protocol):
    """Every method raises Unavailable."""

    def find(self, user_id: str) -> Version | None:
        """The latest, also where it was just written; None where nothing was for a day."""
        ...

    def touch(self, user_ids: Collection[str], now: datetime) -> None:
        """Something about these customers was written. Afterwards, nobody is given what was read before."""
        ...


@dataclass(frozen=True, slots=True)
class VersionedFacts:
    """CustomerFacts after which customers have new versions, whatever came of them: what fails may have been done."""

    facts: CustomerFacts
    versions: Versions
    now: Callable[[], datetime]

    def record(self, fact: Fact) -> bool:
        try:
            return self.facts.record(fact)
        finally:
            self.versions.touch([fact.user_id], self.now())

    def record_all(self, facts: Sequence[Fact]) -> frozenset[str]:
        try:
            return self.facts.record_all(facts)
        finally:
            self.versions.touch({fact.user_id for fact in facts}, self.now())

    def erase(self, user_id: str, now: datetime) -> bool:
        try:
            return self.facts.erase(user_id, now)
        finally:
            self.versions.touch([user_id], self.now())
