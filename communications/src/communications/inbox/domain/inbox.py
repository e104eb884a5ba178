"""A recipient's inbox: a log of entries with numbers that have no gap, and the counts of what is unread.

Whatever changes something for a recipient writes its entries in one transaction with its own rows, under the
recipient's one counter. So counts equal the fold of entries, and no late writer slips behind a reader.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from shared.persistence.unit_of_work import UnitOfWork

KEPT = timedelta(days=30)
"""How long clients that were away catch up entry by entry."""


class Kind(StrEnum):
    MESSAGE = "message"
    READ = "read"
    NOTIFICATION = "notification"
    UNREAD = "unread"


@dataclass(frozen=True, slots=True)
class Unread:
    messages: int = 0
    notifications: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """`data` is JSON, what the frame says besides its type, number and counts.

    `messages` and `notifications` are by how much the entry changes the counts of what is unread.
    """

    kind: Kind
    data: Mapping[str, Any]
    messages: int = 0
    notifications: int = 0


@dataclass(frozen=True, slots=True)
class NumberedEntry:
    """An entry as it is kept; `unread` are the counts after it."""

    user_id: str
    seq: int
    kind: Kind
    data: Mapping[str, Any]
    unread: Unread

    @property
    def frame(self) -> Mapping[str, Any]:
        """`{"type": "message", "seq": 7, "unread": {"messages": 2, "notifications": 0}, …}`"""
        counts = {"messages": self.unread.messages, "notifications": self.unread.notifications}
        return {**self.data, "type": self.kind, "seq": self.seq, "unread": counts}


@dataclass(frozen=True, slots=True)
class Head:
    """Where a recipient's log ends; 0 where nothing has happened yet."""

    user_id: str
    last_seq: int = 0
    unread: Unread = Unread()

    def numbered(self, entries: Sequence[Entry]) -> Sequence[NumberedEntry]:
        """The entries that follow. Raises ValueError where something would be read more often than it came."""
        numbered: list[NumberedEntry] = []
        unread = self.unread
        for seq, entry in enumerate(entries, start=self.last_seq + 1):
            unread = Unread(unread.messages + entry.messages, unread.notifications + entry.notifications)
            if unread.messages < 0 or unread.notifications < 0:
                raise ValueError("counts of what is unread must not fall below 0")
            numbered.append(NumberedEntry(self.user_id, seq, entry.kind, entry.data, unread))
        return numbered


type Work = Callable[[int, UnitOfWork], Sequence[Entry]]
"""Gets the number that its first entry will have, adds writes of its own, and returns its entries, at least one."""


class Inbox(Protocol):
    """Every method raises Unavailable."""

    def head(self, user_id: str) -> Head: ...

    def write(self, user_id: str, work: Work, now: datetime) -> Head:
        """Commit the writes and the entries of `work` together; the head is then the one after them.

        `work` is called again where another writer was first. Raises what it raises; WriteRefused, which names those of
        its own writes whose condition did not hold.
        """
        ...

    def since(self, user_id: str, seq: int, limit: int, now: datetime) -> Sequence[NumberedEntry]:
        """The entries after `seq` that are still kept, oldest first, at most `limit`."""
        ...


def catch_up(inbox: Inbox, user_id: str, seq: int, now: datetime, limit: int) -> Sequence[Mapping[str, Any]]:
    """The frames after `seq`, and `{"type": "upTo", "seq", "more"}`: with `more`, ask again from there.

    `{"type": "reset", "seq", "unread"}` instead where some of them are no longer kept, or `seq` has never been: read
    the lists again, and go on from its number. Raises Unavailable.
    """
    head = inbox.head(user_id)  # before the entries, so that none up to it is missing
    entries = inbox.since(user_id, seq, limit, now) if seq < head.last_seq else ()
    first = entries[0].seq if entries else head.last_seq + 1
    if seq > head.last_seq or first != seq + 1:
        counts = {"messages": head.unread.messages, "notifications": head.unread.notifications}
        return [{"type": "reset", "seq": head.last_seq, "unread": counts}]
    last = entries[-1].seq if entries else seq
    end = {"type": "upTo", "seq": last, "more": last < head.last_seq}
    return [*(entry.frame for entry in entries), end]
