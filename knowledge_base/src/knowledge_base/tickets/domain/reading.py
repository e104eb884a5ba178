"""What people see of tickets: supporters their own, without notes; staff all of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from knowledge_base.tickets.domain.attachments import LINK_VALID, Attachment, Attachments, AttachmentState, Files
from knowledge_base.tickets.domain.stores import Filters, Threads, TicketPage, Tickets, with_merged
from knowledge_base.tickets.domain.threads import Entry, Kind, in_order
from knowledge_base.tickets.domain.tickets import Ticket, TicketStatus
from knowledge_base.tickets.domain.words import number_in, words_of
from knowledge_base.tickets.domain.writing import found, visible_to
from shared.auth.callers import Caller
from shared.errors import Forbidden, NotFound


@dataclass(frozen=True, slots=True)
class TicketView:
    """`entries` are those that the reader may see, also of tickets that were merged into this one."""

    ticket: Ticket
    entries: Sequence[Entry]
    attachments: Mapping[str, Attachment]


@dataclass(frozen=True, slots=True)
class Reading:
    tickets: Tickets
    threads: Threads
    attachments: Attachments
    files: Files

    def one(self, caller: Caller, ticket_id: str) -> TicketView:
        """Raises NotFound, for others' too; Unavailable."""
        ticket = visible_to(caller, self.tickets, ticket_id)
        entries = self._entries(ticket, with_notes=caller.is_staff)
        ids = [each for entry in entries for each in entry.attachments]
        return TicketView(ticket, entries, self.attachments.find_all(ids) if ids else {})

    def words_of(self, ticket_id: str) -> TicketView:
        """With notes, and without attachments, for those who answer it. Raises NotFound; Unavailable."""
        ticket = found(self.tickets, ticket_id)
        return TicketView(ticket, self._entries(ticket, with_notes=True), {})

    def listed(
        self,
        caller: Caller,
        status: TicketStatus | None,
        assignee: str | None,
        query: str | None,
        after: str | None,
        limit: int,
    ) -> TicketPage:
        """The newest first: a supporter's own, or all. `assignee` may be `me` or `none`; nothing but words are found.

        Raises Forbidden: who works on their ticket is not shown to supporters; Unavailable.
        """
        if assignee is not None and not caller.is_staff:
            raise Forbidden("Only staff may list tickets by who works on them.")
        words, number = words_of(query or ""), number_in(query or "")
        if query is not None and not words and number is None:
            return TicketPage((), None)
        filters = Filters(
            user_id=None if caller.is_staff else caller.user_id,
            status=status,
            assignee=caller.user_id if assignee == "me" else assignee,
            words=() if number is not None else words,
            number=number,
        )
        return self.tickets.listed(filters, after, limit)

    def link(self, caller: Caller, ticket_id: str, attachment_id: str) -> str:
        """To the bytes of an attachment that was accepted. Raises NotFound; Unavailable."""
        ticket = visible_to(caller, self.tickets, ticket_id)
        attachment = self.attachments.find(attachment_id)
        if attachment is None or not _is_shown(attachment, with_merged(self.tickets, ticket), caller):
            raise NotFound("There is no such attachment.")
        return self.files.link(attachment, LINK_VALID)

    def _entries(self, ticket: Ticket, *, with_notes: bool) -> Sequence[Entry]:
        ids = with_merged(self.tickets, ticket)
        return in_order(chain.from_iterable(self.threads.of_tickets(ids).values()), with_notes=with_notes)


def question_of(ticket: Ticket, entries: Sequence[Entry]) -> str:
    """What the ticket asks, in one text: its subject, and what it was opened with."""
    opening = next((each for each in entries if is_opening(each, ticket)), None)
    return question_with(ticket.subject, opening.text if opening else "")


def question_with(subject: str, body: str) -> str:
    return f"{subject}\n\n{body}"


def is_opening(entry: Entry, ticket: Ticket) -> bool:
    """Tickets that were merged into this one have openings, too."""
    return entry.kind is Kind.OPENING and entry.ticket_id == ticket.ticket_id


def _is_shown(attachment: Attachment, ticket_ids: Sequence[str], caller: Caller) -> bool:
    is_of_ticket = attachment.ticket_id in ticket_ids
    is_hidden = attachment.is_private and not caller.is_staff
    return attachment.state is AttachmentState.ACCEPTED and is_of_ticket and not is_hidden
