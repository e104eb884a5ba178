"""What was written on a ticket: by the supporter, by staff to them, and by staff among themselves.

A thread has no bound, so it is read in pages, from its end: each entry of it, in order, is on exactly one of them,
whatever is written, merged and undone between two pages.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from knowledge_base.tickets.domain.tickets import Channel
from shared.json.encoding import encode

MAX_TEXT = 20_000
"""Characters of an entry, which is stored and shown as it was sent."""
MAX_ATTACHMENTS = 10
MAX_PAGE_BYTES = 256 * 1024
"""Of the entries of a page, as JSON; one entry is always on it, however long it is."""
_ATTACHMENT_BYTES = 1_000  # a name of 200 characters, and what else is said of the file


class Kind(StrEnum):
    """`opening` is the body of the ticket. Supporters never see a note."""

    OPENING = "opening"
    SUPPORTER = "supporter"
    STAFF = "staff"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """`user_id`, `number` and `has_account` are the ticket's, `author` is who wrote it. Ids sort by time.

    `channel` is how it came; of what staff reply, `email` means that it is mailed into the supporter's own thread.
    """

    ticket_id: str
    entry_id: str
    user_id: str
    number: int
    author: str
    kind: Kind
    text: str
    at: datetime
    attachments: tuple[str, ...] = field(default=())
    channel: Channel = Channel.WEB
    has_account: bool = True

    @property
    def is_private(self) -> bool:
        return self.kind is Kind.NOTE

    @property
    def is_of_supporter(self) -> bool:
        return self.kind in {Kind.OPENING, Kind.SUPPORTER}


@dataclass(frozen=True, slots=True)
class Stretch:
    """What was written on one ticket until some moment, the newest first, as far as it was looked at.

    `rest` is the id of the last entry that was looked at, before which others stand; None where there are none.
    """

    entries: Sequence[Entry]
    rest: str | None


@dataclass(frozen=True, slots=True)
class ThreadPage:
    """The oldest first. `before` is the id before which the page of older ones ends; None where there are none."""

    entries: Sequence[Entry]
    before: str | None


def page_of(stretches: Iterable[Stretch], limit: int) -> ThreadPage:
    """The newest entries of one or several tickets, as many as are allowed and at least one, if there is any.

    What is older than the end of one of the stretches waits for the next page: that ticket may have something newer.
    """
    looked_at = list(stretches)
    end = max((each.rest for each in looked_at if each.rest), default=None)
    found = (each for stretch in looked_at for each in stretch.entries if end is None or each.entry_id >= end)
    newest = sorted(found, key=lambda each: each.entry_id, reverse=True)
    page = list(_that_fit(newest, limit))
    return ThreadPage(page[::-1], page[-1].entry_id if len(page) < len(newest) else end)


def _that_fit(entries: Sequence[Entry], limit: int) -> Iterator[Entry]:
    left = MAX_PAGE_BYTES
    for position, entry in enumerate(entries[:limit]):
        left -= len(encode(entry.text).encode()) + _ATTACHMENT_BYTES * len(entry.attachments)
        if position and left < 0:
            return
        yield entry
