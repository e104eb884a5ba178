"""Reading what the documents do not answer."""

from datetime import datetime

from knowledge_base.answering.domain.gaps import MAX_GAPS, ClusterPage, GapList, clusters


class GapService:
    """`similarity` is the cosine from which on two questions are taken for the same."""

    def __init__(self, gaps: GapList, similarity: float) -> None:
        self._gaps, self._similarity = gaps, similarity

    def listed(self, after: str | None, limit: int, now: datetime) -> ClusterPage:
        """Clusters are made anew for each page: one that grows meanwhile may be missed. Raises Unavailable."""
        found = clusters(self._gaps.newest(MAX_GAPS, now), self._similarity)
        rest = [each for each in found if after is None or each.position < after]
        return ClusterPage(rest[:limit], rest[limit - 1].position if len(rest) > limit else None)
