"""Reading what the documents do not answer."""

from datetime import datetime

from knowledge_base.answering.domain.gaps import MAX_GAPS, Cluster, GapList, clusters


class GapService:
    """`similarity` is the cosine from which on two questions are taken for the same."""

    def __init__(self, gaps: GapList, similarity: float) -> None:
        self._gaps, self._similarity = gaps, similarity

    def clusters(self, now: datetime) -> tuple[Cluster, ...]:
        """Raises Unavailable."""
        return clusters(self._gaps.newest(MAX_GAPS, now), self._similarity)
