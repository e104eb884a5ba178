"""Where tickets are kept: what their rules need of whoever keeps them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from knowledge_base.tickets.domain.threads import Entry, Stretch
from knowledge_base.tickets.domain.tickets import Priority, Ticket, TicketStatus
from knowledge_base.tickets.domain.words import words_of
from shared.idempotency.claims import FirstAnswer
from shared.persistence.unit_of_work import UnitOfWork
from shared.time.periods import EVER, Period

TICKET, ENTRY, ERASED = "ticket", "entry", "erased"
"""What these writes are called where a transaction says what was refused."""


NOBODY = "none"
"""The assignee of a ticket that has none, as lists name it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Of which tickets a list is; None is all. `assignee` is the id of somebody of staff, or `none`.

    `words` are those that their subjects have; `opened` is when.
    """

    user_id: str | None = None
    status: TicketStatus | None = None
    assignee: str | None = None
    priority: Priority | None = None
    opened: Period = EVER
    words: tuple[str, ...] = ()
    number: int | None = None

    def match(self, ticket: Ticket) -> bool:
        return (
            (self.user_id is None or ticket.user_id == self.user_id)
            and (self.status is None or ticket.status is self.status)
            and (self.assignee is None or (ticket.assignee or NOBODY) == self.assignee)
            and (self.priority is None or ticket.priority is self.priority)
            and self.opened.has(ticket.created_at)
            and (self.number is None or ticket.number == self.number)
            and (not self.words or set(self.words) <= set(words_of(ticket.subject)))
        )


@dataclass(frozen=True, slots=True)
class TicketPage:
    """The newest first; `after` is the id after which the next page begins, None on the last one."""

    items: Sequence[Ticket]
    after: str | None


class Tickets(Protocol):
    """Every method raises Unavailable."""

    def find(self, ticket_id: str) -> Ticket | None: ...

    def find_all(self, ticket_ids: Sequence[str]) -> Sequence[Ticket]:
        """Those that exist, in this order."""
        ...

    def listed(self, filters: Filters, after: str | None, limit: int) -> TicketPage:
        """May be a moment behind."""
        ...

    def add(self, ticket: Ticket, unit_of_work: UnitOfWork) -> None:
        """Refused as TICKET where there is one with this id."""
        ...

    def require_person(self, user_id: str, unit_of_work: UnitOfWork) -> None:
        """Refused as ERASED where they were erased: nothing more is written of them."""
        ...

    def change(self, ticket: Ticket, unit_of_work: UnitOfWork) -> None:
        """Refused as TICKET unless the stored version is the one before it."""
        ...

    def require(self, ticket_id: str, unit_of_work: UnitOfWork) -> None:
        """Refused as TICKET unless there is such a ticket."""
        ...

    def mark_stale(self, ticket_id: str) -> bool:
        """What its suggestions rest on has changed. Whether there is such a ticket, and it is not settled."""
        ...

    def mark_fresh(self, ticket_id: str) -> None:
        """Suggestions were made anew. It need not exist."""
        ...


def merged_levels(tickets: Tickets, ticket: Ticket) -> Sequence[Sequence[Ticket]]:
    """The ticket, those that were merged into it, those that were merged into them: a read for each level."""
    levels: list[Sequence[Ticket]] = [[ticket]]
    while ids := [each for of in levels[-1] for each in of.merged]:
        levels.append(tickets.find_all(ids))
    return levels


def with_merged(tickets: Tickets, ticket: Ticket) -> Sequence[str]:
    """The ids of the ticket, and of all that were merged into it."""
    return [each.ticket_id for level in merged_levels(tickets, ticket) for each in level]


class Threads(Protocol):
    """Every method raises Unavailable."""

    def add(self, entry: Entry, unit_of_work: UnitOfWork) -> None: ...

    def find(self, ticket_id: str, entry_id: str) -> Entry | None: ...

    def opening(self, ticket_id: str) -> Entry | None:
        """What the ticket was opened with."""
        ...

    def newest(self, ticket_ids: Sequence[str], before: str | None, limit: int, *, notes: bool) -> Sequence[Stretch]:
        """Of each of the tickets, `limit` entries at most, of those before an entry's id if one is given.

        Without `notes`, these are left out of those: all of them may be notes.
        """
        ...


class Numbers(Protocol):
    def next(self) -> int:
        """Never the same twice; some may be left out. Raises Unavailable."""
        ...


class Answers(Protocol):
    def find(self, record_id: str, now: datetime) -> FirstAnswer | None: ...

    def record(self, answer: FirstAnswer | None, unit_of_work: UnitOfWork) -> None: ...
