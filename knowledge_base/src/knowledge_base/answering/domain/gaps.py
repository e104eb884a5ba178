"""Gaps: questions that no document answers, for whoever writes documents, those that mean the same together."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import sqrt, sumprod
from typing import Protocol

from shared.json.encoding import rfc3339
from shared.persistence.unit_of_work import Write

GAP_LIFE = timedelta(days=180)
MAX_GAPS = 500
"""The newest, which are read together; what is older and still a question comes again."""
_EXAMPLES = 3
_LONGEST_QUESTION = 500

type Vector = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """What a user's ticket asks, and no document answers.

    `vector` has length 1, or no elements where there is none.
    """

    ticket_id: str
    user_id: str
    question: str
    requested_at: datetime
    vector: Vector = ()

    @property
    def expires_at(self) -> datetime:
        return self.requested_at + GAP_LIFE


@dataclass(frozen=True, slots=True)
class Cluster:
    """Gaps that mean the same: `question` is the one in their middle, `examples` are some of the others.

    `position` sorts as they are listed, backwards.
    """

    question: str
    count: int
    examples: tuple[str, ...]
    last_at: datetime
    position: str


@dataclass(frozen=True, slots=True)
class ClusterPage:
    """`after` is the position after which the next page begins, None on the last one."""

    items: Sequence[Cluster]
    after: str | None


class Gaps(Protocol):
    """Every method raises Unavailable."""

    def is_erased(self, user_id: str) -> bool:
        """Of whom nothing may be kept any more."""
        ...

    def record(self, gap: Gap) -> Write:
        """In the place of the ticket's former one; refused for whoever was erased."""
        ...

    def close(self, ticket_id: str) -> Write:
        """The ticket is answered after all."""
        ...


class GapList(Protocol):
    def newest(self, limit: int, now: datetime) -> tuple[Gap, ...]:
        """Raises Unavailable."""
        ...


class Embeddings(Protocol):
    def vector(self, text: str) -> Vector:
        """Of length 1. Raises Unavailable."""
        ...


def shortened(question: str) -> str:
    """As it is kept: on one line, and no longer than somebody reads."""
    line = " ".join(question.split())
    return line if len(line) <= _LONGEST_QUESTION else line[: _LONGEST_QUESTION - 1] + "…"


def clusters(gaps: Iterable[Gap], similarity: float) -> tuple[Cluster, ...]:
    """Every gap in one of them, the largest first, then the latest.

    From the oldest on, a gap joins the cluster whose middle is nearest, if their cosine is at least `similarity`.
    """
    groups: list[_Group] = []
    for gap in sorted(gaps, key=lambda each: (each.requested_at, each.ticket_id)):
        near = [(group.likeness(gap), group) for group in groups if len(group.total) == len(gap.vector) > 0]
        likeness, group = max(near, key=lambda each: each[0], default=(0.0, None))
        if group is None or likeness < similarity:
            group = _Group([0.0] * len(gap.vector))
            groups.append(group)
        group.add(gap)
    found = [group.cluster() for group in groups]
    return tuple(sorted(found, key=lambda each: each.position, reverse=True))


@dataclass(slots=True)
class _Group:
    total: list[float]
    members: list[Gap] = field(default_factory=list)

    def add(self, gap: Gap) -> None:
        self.members.append(gap)
        self.total = [one + other for one, other in zip(self.total, gap.vector, strict=True)]

    def likeness(self, gap: Gap) -> float:
        """The cosine with the middle; of members that are all opposites, 0."""
        length = sqrt(sumprod(self.total, self.total))
        return sumprod(self.total, gap.vector) / length if length else 0.0

    def cluster(self) -> Cluster:
        middle = max(self.members, key=self.likeness)
        others = [gap.question for gap in reversed(self.members) if gap.question != middle.question]
        last_at = max(gap.requested_at for gap in self.members)
        position = f"{len(self.members):06} {rfc3339(last_at)} {middle.ticket_id}"
        return Cluster(middle.question, len(self.members), _distinct(others)[:_EXAMPLES], last_at, position)


def _distinct(texts: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))
