"""What people see of tickets: supporters their own, without notes; staff all of them, with notes on others'."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from knowledge_base.tickets.domain.attachments import LINK_VALID, Attachment, Attachments, AttachmentState, Files
from knowledge_base.tickets.domain.stores import Filters, Threads, TicketPage, Tickets, with_merged
from knowledge_base.tickets.domain.threads import Entry, Kind, Stretch, ThreadPage, page_of
from knowledge_base.tickets.domain.tickets import Ticket
from knowledge_base.tickets.domain.words import number_in, words_of
from knowledge_base.tickets.domain.writing import is_staff_for, visible_to
from shared.auth.callers import Caller
from shared.errors import Forbidden, NotFound

NEWEST_REPLIES = 50
"""How many a ticket is read with."""


@dataclass(frozen=True, slots=True)
class RepliesView:
    """A page of those that the reader may see, also of tickets that were merged into this one, with their files."""

    page: ThreadPage
    attachments: Mapping[str, Attachment]


@dataclass(frozen=True, slots=True)
class TicketView:
    """`opening` is what it was opened with, `replies` the newest."""

    ticket: Ticket
    opening: Entry | None
    replies: RepliesView


@dataclass(frozen=True, slots=True)
class Reading:
    tickets: Tickets
    threads: Threads
    attachments: Attachments
    files: Files

    def one(self, caller: Caller, ticket_id: str) -> TicketView:
        """Two or three reads, and one for each level of merges. Raises NotFound, for others' too; Unavailable."""
        ticket = visible_to(caller, self.tickets, ticket_id)
        newest = self._newest(caller, ticket, None, NEWEST_REPLIES)
        opening = _opening(newest, ticket) or self.threads.opening(ticket_id)
        page = page_of(_replies(newest, ticket), NEWEST_REPLIES)
        return TicketView(ticket, opening, RepliesView(page, self._files([*filter(None, [opening]), *page.entries])))

    def replies(self, caller: Caller, ticket_id: str, before: str | None, limit: int) -> RepliesView:
        """Older than the entry with an id, or the newest. Raises NotFound, for others' tickets too; Unavailable."""
        ticket = visible_to(caller, self.tickets, ticket_id)
        page = page_of(_replies(self._newest(caller, ticket, before, limit), ticket), limit)
        return RepliesView(page, self._files(page.entries))

    def listed(
        self,
        caller: Caller,
        wanted: Filters,
        query: str | None,
        after: str | None,
        limit: int,
    ) -> TicketPage:
        """The newest first: a supporter's own, or all. `assignee` may be `me` or `none`; nothing but words are found.

        Raises Forbidden: who works on their ticket is not shown to supporters; Unavailable.
        """
        if wanted.assignee is not None and not caller.is_staff:
            raise Forbidden("Only staff may list tickets by who works on them.")
        words, number = words_of(query or ""), number_in(query or "")
        if query is not None and not words and number is None:
            return TicketPage((), None)
        filters = replace(
            wanted,
            user_id=None if caller.is_staff else caller.user_id,
            assignee=caller.user_id if wanted.assignee == "me" else wanted.assignee,
            words=() if number is not None else words,
            number=number,
        )
        return self.tickets.listed(filters, after, limit)

    def link(self, caller: Caller, ticket_id: str, attachment_id: str) -> str:
        """To the bytes of an attachment that was accepted. Raises NotFound; Unavailable."""
        ticket = visible_to(caller, self.tickets, ticket_id)
        attachment = self.attachments.find(attachment_id)
        is_staff = is_staff_for(caller, ticket)
        if attachment is None or not _is_shown(attachment, with_merged(self.tickets, ticket), is_staff=is_staff):
            raise NotFound("There is no such attachment.")
        return self.files.link(attachment, LINK_VALID)

    def _newest(self, caller: Caller, ticket: Ticket, before: str | None, limit: int) -> Sequence[Stretch]:
        """Two more than a page has, one of which may be the opening: then it is certain whether others follow."""
        ids = with_merged(self.tickets, ticket)
        return self.threads.newest(ids, before, limit + 2, notes=is_staff_for(caller, ticket))

    def _files(self, entries: Sequence[Entry]) -> Mapping[str, Attachment]:
        ids = [each for entry in entries for each in entry.attachments]
        return self.attachments.find_all(ids) if ids else {}


def question_of(subject: str, body: str) -> str:
    """What a ticket asks, in one text."""
    return f"{subject}\n\n{body}"


def _opening(stretches: Sequence[Stretch], ticket: Ticket) -> Entry | None:
    return next((each for stretch in stretches for each in stretch.entries if _opens(each, ticket)), None)


def _replies(stretches: Sequence[Stretch], ticket: Ticket) -> Sequence[Stretch]:
    return [
        replace(stretch, entries=[each for each in stretch.entries if not _opens(each, ticket)])
        for stretch in stretches
    ]


def _opens(entry: Entry, ticket: Ticket) -> bool:
    """Tickets that were merged into this one have openings, too."""
    return entry.kind is Kind.OPENING and entry.ticket_id == ticket.ticket_id


def _is_shown(attachment: Attachment, ticket_ids: Sequence[str], *, is_staff: bool) -> bool:
    is_of_ticket = attachment.ticket_id in ticket_ids
    is_hidden = attachment.is_private and not is_staff
    return attachment.state is AttachmentState.ACCEPTED and is_of_ticket and not is_hidden
