"""Ranking: what is near comes first, unless staff found it unhelpful.

Scores of different models cannot be compared, so there is no threshold; votes multiply a score by 0 to 2.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from knowledge_base.suggestions.domain.passages import Passage

_PRIOR = 2
"""Votes of either kind that every passage begins with: the first that is cast changes a score by a fifth."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What staff have said of a passage, once for each ticket that it was suggested for."""

    helpful: int = 0
    unhelpful: int = 0

    @property
    def weight(self) -> float:
        """1 without votes, and as long as they are even."""
        return 2 * (self.helpful + _PRIOR) / (self.helpful + self.unhelpful + 2 * _PRIOR)


def ranked(passages: Collection[Passage], tallies: Mapping[str, Tally], limit: int) -> tuple[Passage, ...]:
    """The best, at most `limit`; of the same rank in their order."""

    def rank(passage: Passage) -> float:
        return max(passage.score, 0) * tallies.get(passage.passage_id, Tally()).weight

    return tuple(sorted(passages, key=rank, reverse=True)[:limit])
