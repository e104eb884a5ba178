"""Tickets: what a supporter asks of the help desk, and the graph along which it is settled.

The words are entries of a thread, see `threads`; a merged ticket keeps its own, which are read with those of the ticket
that it was merged into. So a merge can be undone whatever was said since.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from shared.errors import Conflict, FieldError, Invalid

MAX_SUBJECT = 200
MAX_MERGED, MAX_MERGE_LEVELS = 50, 5
"""Tickets that were merged into one, those of its own merged ones among them; how deep merges of merges go."""


class TicketStatus(StrEnum):
    """`open` waits for staff, `pending` for the supporter; a solved one may be opened again, a closed one may not."""

    OPEN = "open"
    PENDING = "pending"
    SOLVED = "solved"
    CLOSED = "closed"


class Priority(StrEnum):
    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


class Channel(StrEnum):
    WEB = "web"
    EMAIL = "email"
    PHONE = "phone"


TRANSITIONS: Mapping[TicketStatus, frozenset[TicketStatus]] = {
    TicketStatus.OPEN: frozenset({TicketStatus.PENDING, TicketStatus.SOLVED, TicketStatus.CLOSED}),
    TicketStatus.PENDING: frozenset({TicketStatus.OPEN, TicketStatus.SOLVED, TicketStatus.CLOSED}),
    TicketStatus.SOLVED: frozenset({TicketStatus.OPEN, TicketStatus.CLOSED}),
    TicketStatus.CLOSED: frozenset(),
}


@dataclass(frozen=True, slots=True)
class Due:
    """By when the first reply has to be given, and by when the ticket has to be solved."""

    first_reply: datetime
    resolution: datetime


@dataclass(frozen=True, slots=True)
class Satisfaction:
    """What the supporter says of it afterwards: `score` is 1 to 5."""

    score: int
    comment: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Merge:
    """Into which ticket it was merged, and the status that it has again when that is undone."""

    into: str
    status: TicketStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """`version` counts its changes, from 1. `merged` are the tickets that were merged into it.

    `paused` is how much business time it has waited for the supporter, up to `waiting_since`, since when it does again:
    that time does not count towards its resolution. `stale`: what its suggestions rest on has changed. `by_mail`: its
    supporter has written by mail, so what staff reply is mailed into that thread. `has_account`: they can sign in.
    """

    ticket_id: str
    number: int
    user_id: str
    subject: str
    channel: Channel
    status: TicketStatus
    priority: Priority
    due: Due
    created_at: datetime
    updated_at: datetime
    assignee: str | None = None
    first_replied_at: datetime | None = None
    solved_at: datetime | None = None
    paused: timedelta = timedelta()
    waiting_since: datetime | None = None
    merge: Merge | None = None
    merged: tuple[str, ...] = field(default=())
    satisfaction: Satisfaction | None = None
    stale: bool = False
    by_mail: bool = False
    has_account: bool = True
    version: int = 1

    @property
    def is_waiting(self) -> bool:
        """For the supporter, or for nobody."""
        return self.status is not TicketStatus.OPEN

    def require_move(self, to: TicketStatus) -> None:
        """Raises Conflict, which names where it can go from here."""
        if to is self.status or to in TRANSITIONS[self.status]:
            return
        ways = ", ".join(each for each in TicketStatus if each in TRANSITIONS[self.status])
        can = f"it can become {ways}" if ways else "it stays so: open a new one"
        raise Conflict(f"The ticket is {self.status}: {can}.", [FieldError("status", f"must not follow {self.status}")])

    def require_not_merged(self) -> None:
        """Raises Conflict."""
        if self.merge:
            raise Conflict(f"The ticket was merged into {self.merge.into}: use that one, or undo the merge.")

    def require_takes_words(self) -> None:
        """Raises Conflict: a closed ticket has had its last word."""
        self.require_not_merged()
        if self.status is TicketStatus.CLOSED:
            raise Conflict("The ticket is closed: open a new one.")

    def rated(self, satisfaction: Satisfaction) -> "Ticket":
        """Raises Conflict where it is not settled yet."""
        if self.status not in {TicketStatus.SOLVED, TicketStatus.CLOSED} or self.merge:
            raise Conflict("The ticket is not settled yet.")
        return replace(self.next_version(satisfaction.at), satisfaction=satisfaction)

    def next_version(self, now: datetime) -> "Ticket":
        return replace(self, version=self.version + 1, updated_at=now)


def merged(source: Ticket, target: Ticket, now: datetime) -> tuple[Ticket, Ticket]:
    """Both as they are once `source` was merged into `target`, the source closed.

    Raises Invalid where they are one; Conflict where they are of different people, whose words would mix, or where
    either was merged already, or the target is closed.
    """
    if source.ticket_id == target.ticket_id:
        raise _wrong("must be another ticket")
    if source.user_id != target.user_id:
        raise Conflict("The tickets are of different people: they cannot be merged.")
    source.require_not_merged()
    target.require_takes_words()
    gone = replace(source.next_version(now), status=TicketStatus.CLOSED, merge=Merge(target.ticket_id, source.status))
    return gone, replace(target.next_version(now), merged=(*target.merged, source.ticket_id))


def require_room(source: Sequence[Sequence[Ticket]], target: Sequence[Sequence[Ticket]]) -> None:
    """Of both, each with what was merged into it, by level. Raises Conflict: a thread is read from all of them."""
    if sum(map(len, source)) + sum(map(len, target)) - 1 > MAX_MERGED:
        raise Conflict(f"More than {MAX_MERGED} tickets would be merged into that one: merge them into another.")
    if len(source) > MAX_MERGE_LEVELS:
        raise Conflict(f"Merges of merges go {MAX_MERGE_LEVELS} deep: merge that ticket into this one instead.")


def unmerged(source: Ticket, target: Ticket, now: datetime) -> tuple[Ticket, Ticket]:
    """Both as they are once that was undone, the source in the status that it had. Raises Conflict."""
    if source.merge is None or source.merge.into != target.ticket_id:
        raise Conflict("The ticket is not merged.")
    left = tuple(each for each in target.merged if each != source.ticket_id)
    back = replace(source.next_version(now), status=source.merge.status, merge=None)
    return back, replace(target.next_version(now), merged=left)


def _wrong(message: str) -> Invalid:
    return Invalid(f"into {message}.", [FieldError("into", message)])
