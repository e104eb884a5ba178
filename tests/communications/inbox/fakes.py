"""Inboxes in memory."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from communications.inbox.domain.inbox import KEPT, Entry, Head, Inbox, NumberedEntry, Work
from tests.communications.examples import NOW
from tests.shared.persistence.fake_transactions import LOCK, FakeTransaction


class FakeInbox:
    """`write` commits to the stores that `work` has written to, or to nothing at all."""

    def __init__(self) -> None:
        self.heads: dict[str, Head] = {}
        self.entries: dict[str, list[tuple[datetime, NumberedEntry]]] = defaultdict(list)

    def head(self, user_id: str) -> Head:
        return self.heads.get(user_id, Head(user_id))

    def write(self, user_id: str, work: Work, now: datetime) -> Head:
        with LOCK:
            head, transaction = self.head(user_id), FakeTransaction()
            numbered = head.numbered(work(head.last_seq + 1, transaction))
            if not numbered:
                raise ValueError("what changes nothing for the recipient has no place in the inbox")
            transaction.commit()
            self.entries[user_id] += [(now, entry) for entry in numbered]
            self.heads[user_id] = Head(user_id, numbered[-1].seq, numbered[-1].unread)
            return self.heads[user_id]

    def since(self, user_id: str, seq: int, limit: int, now: datetime) -> Sequence[NumberedEntry]:
        later = [(at, entry) for at, entry in self.entries[user_id] if entry.seq > seq][:limit]
        return [entry for at, entry in later if at + KEPT > now]


def put(inbox: Inbox, *entries: Entry, user_id: str = "ada", now: datetime = NOW) -> Head:
    """Write entries, and nothing besides."""
    return inbox.write(user_id, lambda *_: entries, now)
