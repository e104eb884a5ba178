"""Erases the questions of somebody's tickets."""

from datetime import datetime

from knowledge_base.answering.adapters.gaps import GapRecord
from shared.erasure.removing import remove_all


class GapErasing:
    def __init__(self, gaps_table: str) -> None:
        self._gaps = GapRecord.at(gaps_table)

    def erase(self, user_id: str, _: datetime) -> bool:
        """A Query of the index, and a delete of each."""
        remove_all(self._gaps.by_user, user_id, [GapRecord.ticket_id, GapRecord.user_id])
        return True
