"""What was written on a ticket: by the supporter, by staff to them, and by staff among themselves."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

MAX_TEXT = 20_000
"""Characters of an entry, which is stored and shown as it was sent."""
MAX_ATTACHMENTS = 10


class Kind(StrEnum):
    """`opening` is the body of the ticket. Supporters never see a note."""

    OPENING = "opening"
    SUPPORTER = "supporter"
    STAFF = "staff"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """`user_id` and `number` are the ticket's, `author` is who wrote it. Ids sort by time."""

    ticket_id: str
    entry_id: str
    user_id: str
    number: int
    author: str
    kind: Kind
    text: str
    at: datetime
    attachments: tuple[str, ...] = field(default=())

    @property
    def is_private(self) -> bool:
        return self.kind is Kind.NOTE

    @property
    def is_of_supporter(self) -> bool:
        return self.kind in {Kind.OPENING, Kind.SUPPORTER}


def in_order(entries: Iterable[Entry], *, with_notes: bool) -> Sequence[Entry]:
    """Of one or several tickets, the oldest first."""
    shown = (each for each in entries if with_notes or not each.is_private)
    return sorted(shown, key=lambda each: each.entry_id)
