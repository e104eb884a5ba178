"""By when tickets are answered and solved: business time by their priority."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from knowledge_base.tickets.domain.service_hours import BusinessHours
from knowledge_base.tickets.domain.tickets import Due, Priority, Ticket, TicketStatus


@dataclass(frozen=True, slots=True)
class Target:
    """Business time from when the ticket was opened."""

    first_reply: timedelta
    resolution: timedelta


def _hours(first_reply: int, resolution: int) -> Target:
    return Target(timedelta(hours=first_reply), timedelta(hours=resolution))


TARGETS: Mapping[Priority, Target] = {
    Priority.URGENT: _hours(1, 8),
    Priority.HIGH: _hours(4, 16),
    Priority.NORMAL: _hours(8, 40),
    Priority.LOW: _hours(16, 80),
}


@dataclass(frozen=True, slots=True)
class ServiceLevels:
    """While a ticket waits for the supporter, or is solved, the time to its resolution stands still."""

    hours: BusinessHours

    def due(self, opened_at: datetime, priority: Priority, paused: timedelta = timedelta()) -> Due:
        target = TARGETS[priority]
        resolution = self.hours.after(opened_at, target.resolution + paused)
        return Due(self.hours.after(opened_at, target.first_reply), resolution)

    def prioritized(self, ticket: Ticket, priority: Priority) -> Ticket:
        """Its deadlines are as if it had had this priority from the beginning."""
        return replace(ticket, priority=priority, due=self.due(ticket.created_at, priority, ticket.paused))

    def moved(self, ticket: Ticket, to: TicketStatus, now: datetime) -> Ticket:
        """In another status, along the graph. Raises Conflict."""
        ticket.require_move(to)
        if to is ticket.status:
            return ticket
        paused, waiting_since = ticket.paused, ticket.waiting_since
        if to is TicketStatus.OPEN and waiting_since:
            paused, waiting_since = paused + self.hours.between(waiting_since, now), None
        elif not ticket.is_waiting:
            waiting_since = now
        return replace(
            ticket,
            status=to,
            solved_at=_solved_at(ticket, to, now),
            paused=paused,
            waiting_since=waiting_since,
            due=self.due(ticket.created_at, ticket.priority, paused),
        )


def _solved_at(ticket: Ticket, to: TicketStatus, now: datetime) -> datetime | None:
    match to:
        case TicketStatus.SOLVED:
            return now
        case TicketStatus.CLOSED:
            return ticket.solved_at or now
    return None
