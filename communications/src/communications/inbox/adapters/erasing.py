"""Erases somebody's inbox."""

from datetime import datetime

from communications.inbox.adapters.records import EntryRecord, HeadRecord
from shared.erasure.removing import remove_all


class InboxErasing:
    def __init__(self, heads_table: str, entries_table: str) -> None:
        self._heads, self._entries = HeadRecord.at(heads_table), EntryRecord.at(entries_table)

    def erase(self, user_id: str, _: datetime) -> bool:
        """One query, and a delete of each."""
        remove_all(self._entries, user_id, [EntryRecord.user_id, EntryRecord.seq])
        self._heads(user_id).remove()
        return True
