"""Tickets of a help desk in London that is open on weekdays from nine to five."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from knowledge_base.tickets.domain.attachments import Attachment, FileType
from knowledge_base.tickets.domain.canned_replies import CannedReply
from knowledge_base.tickets.domain.service_hours import BusinessHours
from knowledge_base.tickets.domain.service_levels import ServiceLevels
from knowledge_base.tickets.domain.threads import Entry, Kind
from knowledge_base.tickets.domain.tickets import Channel, Merge, Priority, Satisfaction, Ticket, TicketStatus

NOW = datetime(2026, 12, 1, 10, tzinfo=UTC)
"""A Tuesday."""
HOURS = BusinessHours(time(9), time(17), frozenset(range(5)), ZoneInfo("Europe/London"), lambda _: False)
LEVELS = ServiceLevels(HOURS)


def a_ticket(ticket_id: str = "t1", **changes: Any) -> Ticket:
    ticket = Ticket(
        ticket_id=ticket_id,
        number=1001,
        user_id="ada",
        subject="Where is my receipt?",
        channel=Channel.WEB,
        status=TicketStatus.OPEN,
        priority=Priority.NORMAL,
        due=LEVELS.due(NOW, Priority.NORMAL),
        created_at=NOW,
        updated_at=NOW,
    )
    return replace(ticket, **changes)


def an_entry(number: int = 1, **changes: Any) -> Entry:
    entry = Entry(
        ticket_id="t1",
        entry_id=f"e{number}",
        user_id="ada",
        number=1001,
        author="ada",
        kind=Kind.SUPPORTER,
        text=f"Words {number} <b>👋</b>\n ",
        at=NOW + timedelta(minutes=number),
    )
    return replace(entry, **changes)


def an_attachment(attachment_id: str = "a1", **changes: Any) -> Attachment:
    file = Attachment(
        attachment_id=attachment_id,
        user_id="ada",
        name="Quittung für 2026.pdf",
        type=FileType.PDF,
        size_bytes=1000,
        offered_at=NOW,
    )
    return replace(file, **changes)


def a_full_ticket() -> Ticket:
    return a_ticket(
        priority=Priority.URGENT,
        due=LEVELS.due(NOW, Priority.URGENT),
        status=TicketStatus.CLOSED,
        assignee="priya",
        first_replied_at=NOW + timedelta(hours=1),
        solved_at=NOW + timedelta(hours=2),
        paused=timedelta(hours=3, milliseconds=7),
        waiting_since=NOW + timedelta(hours=2),
        merge=Merge("t2", TicketStatus.PENDING),
        merged=("t3", "t4"),
        by_mail=True,
        satisfaction=Satisfaction(4, "Quick 👋", NOW + timedelta(days=1)),
        updated_at=NOW + timedelta(days=1),
        version=2,
    )


def a_canned_reply(number: int = 1) -> CannedReply:
    return CannedReply(
        canned_reply_id=f"c{number}",
        title="Receipts",
        text="Dear {{customerName}}",
        updated_by="priya",
        created_at=NOW,
        updated_at=NOW,
    )
