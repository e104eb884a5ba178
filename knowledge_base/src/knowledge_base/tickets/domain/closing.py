"""Solved tickets are closed once nobody has come back to them for a while."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from knowledge_base.tickets.domain.service_levels import ServiceLevels
from knowledge_base.tickets.domain.stores import Tickets
from knowledge_base.tickets.domain.tickets import Ticket, TicketStatus
from shared.persistence.unit_of_work import UnitOfWork, WriteRefused

SETTLED_AFTER = timedelta(days=7)


class Solved(Protocol):
    def solved(self) -> Iterable[Ticket]:
        """All that are solved, as it was a moment ago. Raises Unavailable."""
        ...


@dataclass(frozen=True, slots=True)
class Closing:
    solved: Solved
    tickets: Tickets
    levels: ServiceLevels
    unit_of_work: Callable[[], UnitOfWork]

    def close_settled(self, now: datetime) -> int:
        """How many were closed. One that somebody changes meanwhile is left to the next time. Raises Unavailable."""
        settled = [each for each in self.solved.solved() if each.solved_at and each.solved_at <= now - SETTLED_AFTER]
        return sum(self._close(ticket, now) for ticket in settled)

    def _close(self, ticket: Ticket, now: datetime) -> bool:
        work = self.unit_of_work()
        self.tickets.change(self.levels.moved(ticket, TicketStatus.CLOSED, now).next_version(now), work)
        try:
            work.commit()
        except WriteRefused:
            return False
        return True
