"""What staff do with tickets: assign, prioritize, settle and merge them, and see who else is looking."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from knowledge_base.tickets.domain.service_levels import ServiceLevels
from knowledge_base.tickets.domain.stores import Answers, Tickets, merged_levels
from knowledge_base.tickets.domain.tickets import (
    Priority,
    Satisfaction,
    Ticket,
    TicketStatus,
    merged,
    require_room,
    unmerged,
)
from knowledge_base.tickets.domain.writing import handled_by, visible_to
from shared.auth.callers import Caller
from shared.errors import Conflict, FieldError, Invalid, NotFound, VersionConflict
from shared.idempotency.claims import Claim, FirstAnswer, once, translated_refusals
from shared.persistence.settling import until_settled
from shared.persistence.unit_of_work import UnitOfWork, WriteRefused

VIEWED = timedelta(seconds=30)
"""How long somebody counts as viewing a ticket after they said so."""


class Staff(Protocol):
    def among(self, user_ids: Sequence[str]) -> frozenset[str]:
        """Those of the users who are staff. Raises Unavailable."""
        ...


@dataclass(frozen=True, slots=True)
class Viewer:
    user_id: str
    until: datetime


class Viewers(Protocol):
    """Every method raises Unavailable."""

    def note(self, ticket_id: str, viewer: Viewer) -> None: ...

    def of_ticket(self, ticket_id: str, now: datetime) -> Sequence[Viewer]:
        """Those who are viewing it now: expired ones at once are not."""
        ...


UNCHANGED = object()
"""For an assignee: None is nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendment:
    """What becomes of the ticket that had this version; None where that stays. `assignee`: None is nobody."""

    version: int
    status: TicketStatus | None = None
    priority: Priority | None = None
    assignee: str | object | None = UNCHANGED


@dataclass(frozen=True, slots=True)
class Handling:
    tickets: Tickets
    viewers: Viewers
    staff: Staff
    levels: ServiceLevels
    first_answers: Answers
    unit_of_work: Callable[[], UnitOfWork]

    def amend(self, caller: Caller, ticket_id: str, wanted: Amendment, now: datetime) -> Ticket:
        """Raises NotFound; Forbidden for the caller's own; VersionConflict; Conflict where the graph or a merge forbids
        it; Invalid for an assignee who is not staff, or whose own ticket it is; Unavailable.
        """
        seen = handled_by(caller, self.tickets, ticket_id)
        if seen.version != wanted.version:
            raise VersionConflict("ticket", wanted.version)
        seen.require_not_merged()
        amended = self.levels.moved(seen, wanted.status, now) if wanted.status else seen
        if wanted.priority:
            amended = self.levels.prioritized(amended, wanted.priority)
        if wanted.assignee is not UNCHANGED:
            amended = replace(amended, assignee=self._assignee(seen, wanted.assignee))
        if amended == seen:
            return seen
        amended = amended.next_version(now)
        try:
            self._save(amended)
        except WriteRefused as error:
            raise VersionConflict("ticket", wanted.version) from error
        return amended

    def merge(
        self,
        caller: Caller,
        ticket_id: str,
        into: str,
        claim: Claim | None,
        now: datetime,
        answer: Callable[[Ticket], object],
    ) -> object:
        """What `answer` makes of the ticket that was merged, or the first answer under the claim.

        Raises NotFound; Forbidden for the caller's own; Invalid, also where there is no other ticket; Conflict.
        """

        def attempt() -> object:
            source, target = handled_by(caller, self.tickets, ticket_id), self.tickets.find(into)
            if target is None:
                raise Invalid("into must be a ticket.", [FieldError("into", "must be a ticket")])
            changed: tuple[Ticket, ...] = ()
            if source.merge is None or source.merge.into != into:
                changed = merged(source, target, now)
                require_room(merged_levels(self.tickets, source), merged_levels(self.tickets, target))
            answered = answer(changed[0] if changed else source)
            self._save(*changed, first=claim.answered(answered, now) if claim else None)
            return answered

        return once(claim, self.first_answers, now, lambda: until_settled(attempt))

    def unmerge(self, caller: Caller, ticket_id: str, now: datetime) -> Ticket:
        """The ticket, which is on its own again. Raises NotFound; Forbidden for the caller's own; Conflict where it
        was not merged.
        """

        def attempt() -> Ticket:
            source = handled_by(caller, self.tickets, ticket_id)
            target = self.tickets.find(source.merge.into) if source.merge else None
            if target is None:
                raise Conflict("The ticket is not merged.")
            back, target = unmerged(source, target, now)
            self._save(back, target)
            return back

        return until_settled(attempt)

    def rate(self, caller: Caller, ticket_id: str, score: int, comment: str, now: datetime) -> Ticket:
        """Whose ticket it is says how content they are with it. Raises NotFound for anybody else; Conflict."""

        def attempt() -> Ticket:
            ticket = visible_to(caller, self.tickets, ticket_id)
            if ticket.user_id != caller.user_id:
                raise NotFound("There is no such ticket.")
            rated = ticket.rated(Satisfaction(score, comment, now))
            self._save(rated)
            return rated

        return until_settled(attempt)

    def view(self, caller: Caller, ticket_id: str, now: datetime) -> Sequence[Viewer]:
        """The others who are viewing it, once it is noted that the caller does.

        Raises NotFound; Forbidden for the caller's own.
        """
        handled_by(caller, self.tickets, ticket_id)
        self.viewers.note(ticket_id, Viewer(caller.user_id, now + VIEWED))
        return [each for each in self.viewers.of_ticket(ticket_id, now) if each.user_id != caller.user_id]

    def _assignee(self, ticket: Ticket, user_id: object) -> str | None:
        if user_id is None:
            return None
        wanted = str(user_id)
        if wanted == ticket.user_id:
            message = "must be somebody else than whose ticket it is"
            raise Invalid(f"assignee {message}.", [FieldError("assignee", message)])
        if wanted not in self.staff.among([wanted]):
            raise Invalid("assignee must be staff.", [FieldError("assignee", "must be the id of somebody of staff")])
        return wanted

    def _save(self, *tickets: Ticket, first: FirstAnswer | None = None) -> None:
        """Nothing at all where there is nothing to write. Raises KeyInUse; WriteRefused."""
        if not tickets and first is None:
            return
        work = self.unit_of_work()
        for ticket in tickets:
            self.tickets.change(ticket, work)
        self.first_answers.record(first, work)
        with translated_refusals():
            work.commit()
