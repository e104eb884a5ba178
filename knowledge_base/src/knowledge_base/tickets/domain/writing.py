"""What is written on tickets: opening one, replies to it, and notes. Each in one transaction with what comes of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from knowledge_base.tickets.domain.attachments import ATTACHMENT, Attachment, Attachments, attached
from knowledge_base.tickets.domain.service_levels import ServiceLevels
from knowledge_base.tickets.domain.stores import ERASED, Answers, Numbers, Threads, Tickets, merged_levels
from knowledge_base.tickets.domain.threads import Entry, Kind
from knowledge_base.tickets.domain.tickets import Channel, Priority, Ticket, TicketStatus
from shared.auth.callers import Caller
from shared.errors import Forbidden, NotFound
from shared.idempotency.claims import RECORD, Claim, KeyInUse, once
from shared.ids import new_id
from shared.persistence.settling import until_settled
from shared.persistence.unit_of_work import UnitOfWork, WriteRefused


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTicket:
    """`user_id` is who asks, `author` who writes it down: the same, or somebody of staff.

    `by_mail`: a mail has brought it, to which staff's replies are answers. `has_account`: who asks can sign in.
    """

    user_id: str
    author: str
    subject: str
    body: str
    channel: Channel
    attachments: tuple[str, ...] = field(default=())
    by_mail: bool = False
    has_account: bool = True


@dataclass(frozen=True, slots=True)
class Draft:
    """A reply, or a note that staff write for themselves. `by_mail`: a mail has brought it."""

    text: str
    is_note: bool = False
    attachments: tuple[str, ...] = field(default=())
    by_mail: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """An entry, and its ticket as it is with it."""

    entry: Entry
    ticket: Ticket


def found(tickets: Tickets, ticket_id: str) -> Ticket:
    """Raises NotFound."""
    ticket = tickets.find(ticket_id)
    if ticket is None:
        raise NotFound("There is no such ticket.")
    return ticket


def is_staff_for(caller: Caller, ticket: Ticket | NewTicket) -> bool:
    """Whoever of staff asks for help themselves is a supporter on their own ticket."""
    return caller.is_staff and caller.user_id != ticket.user_id


def handled_by(caller: Caller, tickets: Tickets, ticket_id: str) -> Ticket:
    """A ticket on which the caller may act as staff. Raises NotFound; Forbidden for their own."""
    ticket = found(tickets, ticket_id)
    require_staff_for(caller, ticket)
    return ticket


def require_staff_for(caller: Caller, ticket: Ticket) -> None:
    """Raises Forbidden."""
    if not is_staff_for(caller, ticket):
        raise Forbidden("This is your own ticket: somebody else of staff handles it.")


def visible_to(caller: Caller, tickets: Tickets, ticket_id: str) -> Ticket:
    """One's own; staff see all. Raises NotFound, for others' too."""
    ticket = found(tickets, ticket_id)
    if ticket.user_id != caller.user_id and not caller.is_staff:
        raise NotFound("There is no such ticket.")
    return ticket


@dataclass(frozen=True, slots=True)
class Writing:
    tickets: Tickets
    threads: Threads
    attachments: Attachments
    numbers: Numbers
    levels: ServiceLevels
    first_answers: Answers
    unit_of_work: Callable[[], UnitOfWork]

    def open(self, new: NewTicket, claim: Claim | None, now: datetime, answer: Callable[[Ticket], object]) -> object:
        """What `answer` makes of the new ticket, or the first answer under the claim.

        Raises NotFound for somebody who was erased; Invalid; Unavailable.
        """

        def effect() -> object:
            ticket = Ticket(
                ticket_id=new_id(now),
                number=self.numbers.next(),
                user_id=new.user_id,
                subject=new.subject,
                channel=new.channel,
                status=TicketStatus.OPEN,
                priority=Priority.NORMAL,
                due=self.levels.due(now, Priority.NORMAL),
                created_at=now,
                updated_at=now,
                by_mail=new.by_mail,
                has_account=new.has_account,
            )
            opening = _entry(ticket, Kind.OPENING, new.author, new.body, new.attachments, new.channel, now)
            answered = answer(ticket)

            def add(work: UnitOfWork) -> None:
                self.tickets.add(ticket, work)

            self._write(opening, add, claim, answered, now)
            return answered

        return once(claim, self.first_answers, now, effect)

    def reply(
        self,
        caller: Caller,
        ticket_id: str,
        draft: Draft,
        claim: Claim | None,
        now: datetime,
        answer: Callable[[Written], object],
    ) -> object:
        """What `answer` makes of the entry. A supporter's words open the ticket again; staff's make it wait for them.

        Raises NotFound for others' tickets, and those of who was erased; Forbidden for a supporter's note; Conflict
        where the ticket was merged or is closed; Invalid; Unavailable.
        """

        def effect() -> object:
            return answer(until_settled(lambda: self._replied(caller, ticket_id, draft, claim, now, answer)))

        return once(claim, self.first_answers, now, effect)

    def _replied(
        self,
        caller: Caller,
        ticket_id: str,
        draft: Draft,
        claim: Claim | None,
        now: datetime,
        answer: Callable[[Written], object],
    ) -> Written:
        seen = visible_to(caller, self.tickets, ticket_id)
        if draft.is_note and not caller.is_staff:
            raise Forbidden("Only staff may write notes.")
        if draft.is_note:
            require_staff_for(caller, seen)
        kind = Kind.NOTE if draft.is_note else Kind.STAFF if is_staff_for(caller, seen) else Kind.SUPPORTER
        ticket = self._after(seen, kind, now, by_mail=draft.by_mail)
        is_mailed = draft.by_mail or (kind is Kind.STAFF and is_answered_by_mail(self.tickets, ticket))
        channel = Channel.EMAIL if is_mailed else Channel.WEB
        entry = _entry(ticket, kind, caller.user_id, draft.text, draft.attachments, channel, now)
        written = Written(entry, ticket)

        def change(work: UnitOfWork) -> None:
            if ticket is seen:
                self.tickets.require(ticket_id, work)
            else:
                self.tickets.change(ticket, work)

        self._write(entry, change, claim, answer(written), now)
        return written

    def _after(self, seen: Ticket, kind: Kind, now: datetime, *, by_mail: bool) -> Ticket:
        """The ticket once such an entry is there; the same after a note, which changes nothing for anybody."""
        if kind is Kind.NOTE:
            seen.require_not_merged()
            return seen
        seen.require_takes_words()
        if kind is Kind.SUPPORTER:
            moved = self.levels.moved(seen, TicketStatus.OPEN, now)
            return replace(moved, by_mail=seen.by_mail or by_mail).next_version(now)
        first = seen.first_replied_at or now
        waits = self.levels.moved(seen, TicketStatus.PENDING, now) if seen.status is TicketStatus.OPEN else seen
        return replace(waits, first_replied_at=first).next_version(now)

    def _write(
        self,
        entry: Entry,
        of_ticket: Callable[[UnitOfWork], None],
        claim: Claim | None,
        answered: object,
        now: datetime,
    ) -> None:
        """Raises WriteRefused where the ticket has changed since."""
        files = self._files(entry.attachments, entry.author)
        work = self.unit_of_work()
        self.tickets.require_person(entry.user_id, work)
        of_ticket(work)
        self.threads.add(entry, work)
        for position, file in enumerate(files):
            on_ticket = replace(file, ticket_id=entry.ticket_id, is_private=entry.is_private)
            self.attachments.attach(on_ticket, position, work)
        self.first_answers.record(claim.answered(answered, now) if claim else None, work)
        try:
            work.commit()
        except WriteRefused as error:
            if ERASED in error.refused:
                raise NotFound("There is no such supporter.") from error
            if RECORD in error.refused:
                raise KeyInUse from error
            if any(each.startswith(ATTACHMENT) for each in error.refused):
                self._files(entry.attachments, entry.author, error.refused)
            raise

    def _files(self, ids: Sequence[str], author: str, refused: frozenset[str] = frozenset()) -> Sequence[Attachment]:
        return attached(ids, self.attachments.find_all(ids), author, refused) if ids else ()


def is_answered_by_mail(tickets: Tickets, ticket: Ticket) -> bool:
    """Whether the supporter has written on it by mail, or on what was merged into it: they read there, from then on."""
    return ticket.by_mail or any(each.by_mail for level in merged_levels(tickets, ticket) for each in level)


def _entry(
    ticket: Ticket,
    kind: Kind,
    author: str,
    text: str,
    attachments: tuple[str, ...],
    channel: Channel,
    now: datetime,
) -> Entry:
    return Entry(
        ticket_id=ticket.ticket_id,
        entry_id=new_id(now),
        user_id=ticket.user_id,
        number=ticket.number,
        author=author,
        kind=kind,
        text=text,
        at=now,
        attachments=attachments,
        channel=channel,
        has_account=ticket.has_account,
    )
