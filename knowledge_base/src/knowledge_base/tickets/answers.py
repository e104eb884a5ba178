"""What users receive about tickets."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from knowledge_base.customers.domain.records import Customer
from knowledge_base.suggestions.answers import SuggestionItem
from knowledge_base.tickets.domain.assisting import Assistance
from knowledge_base.tickets.domain.attachments import LINK_VALID, Attachment, AttachmentState, FileType
from knowledge_base.tickets.domain.canned_replies import CannedReply, CannedReplyPage
from knowledge_base.tickets.domain.handling import Viewer
from knowledge_base.tickets.domain.reading import RepliesView, TicketView
from knowledge_base.tickets.domain.stores import TicketPage
from knowledge_base.tickets.domain.threads import Entry
from knowledge_base.tickets.domain.tickets import Channel, Due, Priority, Satisfaction, Ticket, TicketStatus
from knowledge_base.tickets.domain.writing import Written, is_staff_for
from shared.auth.callers import Caller
from shared.http.cursors import Cursors
from shared.json.encoding import moment


@dataclass(frozen=True, slots=True)
class OpenedTicket:
    """`customer` and `suggestions` are for staff who ask for somebody else; null for others."""

    ticket_id: str
    number: int
    status: TicketStatus
    created_at: datetime
    customer: Customer | None = None
    suggestions: tuple[SuggestionItem, ...] | None = None


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """It can be downloaded once its state is `accepted`. `size` is in bytes."""

    attachment_id: str
    name: str
    content_type: FileType
    size: int
    state: AttachmentState


@dataclass(frozen=True, slots=True)
class TicketReply:
    """`from` is the id of who wrote it, `by` whether they are the supporter or staff. Of staff's, `channel` is `email`
    where it was mailed.
    """

    reply_id: str
    from_: str
    by: str
    text: str
    note: bool
    channel: Channel
    attachments: Sequence[AttachedFile]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketSummary:
    """`assignee` is for staff. `mergedInto` is the id of the ticket that it was merged into."""

    ticket_id: str
    number: int
    user_id: str
    subject: str
    channel: Channel
    status: TicketStatus
    assignee: str | None
    priority: Priority
    due: Due
    first_replied_at: datetime | None
    solved_at: datetime | None
    merged_into: str | None
    satisfaction: Satisfaction | None
    stale: bool
    created_at: datetime
    updated_at: datetime
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketAnswer(TicketSummary):
    """`body` is what the ticket was opened with; `merged` are the ids of tickets that were merged into it, whose
    bodies and replies stand among its replies. `replies` are the newest, the oldest of them first; with
    `repliesCursor`, if it is not null, `GET …/replies` has those before them.
    """

    body: str
    attachments: Sequence[AttachedFile]
    replies: Sequence[TicketReply]
    replies_cursor: str | None
    merged: Sequence[str]


@dataclass(frozen=True, slots=True)
class RepliesAnswer:
    """The oldest first; `nextCursor` leads to the page of older ones, and is null where there are none."""

    items: Sequence[TicketReply]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class TicketsAnswer:
    items: Sequence[TicketSummary]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class WrittenReply:
    """The reply, and what has become of its ticket."""

    reply_id: str
    from_: str
    by: str
    text: str
    note: bool
    channel: Channel
    at: datetime
    status: TicketStatus
    version: int


@dataclass(frozen=True, slots=True)
class ViewersAnswer:
    """The others who are viewing the ticket, each until a time that they move on."""

    items: Sequence[Viewer]


@dataclass(frozen=True, slots=True)
class DownloadAnswer:
    url: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class CannedRepliesAnswer:
    items: Sequence[CannedReply]
    next_cursor: str | None


def opened_ticket(ticket: Ticket) -> OpenedTicket:
    return OpenedTicket(ticket.ticket_id, ticket.number, ticket.status, ticket.created_at)


def opened_for_staff(opened: object, assist: Callable[[str], Assistance]) -> OpenedTicket:
    """`opened` is a new one, or the first answer to the same request; `assist` takes its id."""
    if not isinstance(opened, OpenedTicket):
        first: Any = opened
        status, created_at = TicketStatus(first["status"]), moment(first["createdAt"])
        opened = OpenedTicket(first["ticketId"], first["number"], status, created_at)
    assistance = assist(opened.ticket_id)
    suggestions = tuple(map(SuggestionItem.of, assistance.suggestions))
    return replace(opened, customer=assistance.customer, suggestions=suggestions)


def ticket_summary(ticket: Ticket, caller: Caller) -> TicketSummary:
    return TicketSummary(**_summary(ticket, caller))


def tickets_answer(page: TicketPage, scope: str, cursors: Cursors, caller: Caller) -> TicketsAnswer:
    items = [ticket_summary(each, caller) for each in page.items]
    return TicketsAnswer(items, cursors.make(scope, page.after))


def ticket_answer(view: TicketView, caller: Caller, cursors: Cursors) -> TicketAnswer:
    ticket, opening = view.ticket, view.opening
    replies = replies_answer(view.replies, caller, ticket.ticket_id, cursors)
    return TicketAnswer(
        **_summary(ticket, caller),
        body=opening.text if opening else "",
        attachments=_files(opening, view.replies.attachments) if opening else (),
        replies=replies.items,
        replies_cursor=replies.next_cursor,
        merged=ticket.merged,
    )


def replies_scope(caller: Caller, ticket_id: str) -> str:
    """Of cursors."""
    return f"replies:{caller.user_id}:{ticket_id}"


def replies_answer(view: RepliesView, caller: Caller, ticket_id: str, cursors: Cursors) -> RepliesAnswer:
    items = [_reply(each, view.attachments) for each in view.page.entries]
    return RepliesAnswer(items, cursors.make(replies_scope(caller, ticket_id), view.page.before))


def written_reply(written: Written) -> WrittenReply:
    entry, ticket = written.entry, written.ticket
    return WrittenReply(
        entry.entry_id,
        entry.author,
        _by(entry),
        entry.text,
        entry.is_private,
        entry.channel,
        entry.at,
        ticket.status,
        ticket.version,
    )


def download_answer(url: str, now: datetime) -> DownloadAnswer:
    return DownloadAnswer(url, now + LINK_VALID)


def canned_replies_answer(page: CannedReplyPage, scope: str, cursors: Cursors) -> CannedRepliesAnswer:
    return CannedRepliesAnswer(page.items, cursors.make(scope, page.after))


def _summary(ticket: Ticket, caller: Caller) -> dict[str, Any]:
    return {
        "ticket_id": ticket.ticket_id,
        "number": ticket.number,
        "user_id": ticket.user_id,
        "subject": ticket.subject,
        "channel": ticket.channel,
        "status": ticket.status,
        "assignee": ticket.assignee if is_staff_for(caller, ticket) else None,
        "priority": ticket.priority,
        "due": ticket.due,
        "first_replied_at": ticket.first_replied_at,
        "solved_at": ticket.solved_at,
        "merged_into": ticket.merge.into if ticket.merge else None,
        "satisfaction": ticket.satisfaction,
        "stale": ticket.stale,
        "created_at": ticket.created_at,
        "updated_at": ticket.updated_at,
        "version": ticket.version,
    }


def _reply(entry: Entry, attachments: Mapping[str, Attachment]) -> TicketReply:
    return TicketReply(
        entry.entry_id,
        entry.author,
        _by(entry),
        entry.text,
        entry.is_private,
        entry.channel,
        _files(entry, attachments),
        entry.at,
    )


def _by(entry: Entry) -> str:
    return "supporter" if entry.is_of_supporter else "staff"


def _files(entry: Entry, attachments: Mapping[str, Attachment]) -> Sequence[AttachedFile]:
    found = (attachments[each] for each in entry.attachments if each in attachments)
    return [AttachedFile(each.attachment_id, each.name, each.type, each.size_bytes, each.state) for each in found]
