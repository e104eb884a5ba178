"""Who has consented to what, and what they are interested in, as `SupporterConsentChanged` says it."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol, Self

from shared.text.words import folded


@dataclass(frozen=True, slots=True)
class Member:
    """`interests` are folded, so that their spelling does not matter; `version` is the supporter's."""

    user_id: str
    consents: frozenset[str]
    interests: frozenset[str]
    version: int

    @classmethod
    def of(cls, user_id: str, consents: Collection[str], interests: Collection[str], version: int) -> Self:
        return cls(user_id, frozenset(consents), frozenset(map(folded, interests)), version)


@dataclass(frozen=True, slots=True)
class Group:
    """Those who have consented to a purpose, perhaps only those with an interest, however that is spelled."""

    purpose: str
    interest: str | None = None

    def has(self, member: Member) -> bool:
        wanted = None if self.interest is None else folded(self.interest)
        return self.purpose in member.consents and (wanted is None or wanted in member.interests)


@dataclass(frozen=True, slots=True)
class AudiencePage:
    """`after` is where the next page begins; None at the end."""

    user_ids: tuple[str, ...]
    after: str | None


class Audience(Protocol):
    """Every method raises Unavailable."""

    def put(self, member: Member) -> bool:
        """False, and nothing changed, where as late a version is there already."""
        ...

    def find(self, user_id: str) -> Member | None: ...

    def page(self, group: Group, after: str | None, limit: int) -> AudiencePage:
        """Everybody is on one page, in an order that never changes, if nobody comes or goes meanwhile."""
        ...
