"""What an entry of an inbox, or a row of the outbox, adds to the figures of a day."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from communications.inbox.domain.inbox import Kind, NumberedEntry
from communications.sending.domain.outbox import Channel, OutboxRow, SendState
from shared.figures.tallies import Occurrence, counts
from shared.json.encoding import moment

NEW = timedelta(days=7)
"""A notification has an entry again when its snooze ends: an older one was counted, and is forgotten after 14 days."""

_SENT = {Channel.EMAIL: "emails", Channel.SMS: "sms", Channel.PUSH: "pushes"}


def of_entry(entry: NumberedEntry, at: datetime) -> Iterator[Occurrence]:
    """A message counts once, in its sender's inbox; a notification for each user who has got it."""
    data: Any = entry.data
    if entry.kind is Kind.MESSAGE and data["senderId"] == entry.user_id and data["change"] == "sent":
        yield Occurrence(f"message-{data['messageId']}", at, counts(messages=1))
    if entry.kind is Kind.NOTIFICATION:
        notification = data["notification"]
        created_at = moment(notification["createdAt"])
        if at - created_at < NEW:
            yield Occurrence(f"notification-{notification['notificationId']}", created_at, counts(notifications=1))


def of_row(before: OutboxRow | None, row: OutboxRow, at: datetime) -> Iterator[Occurrence]:
    """What a provider has accepted, and what has failed for good; each attempt for itself."""
    if before is not None and before.state is row.state:
        return
    identity = f"{row.state}-{row.attempt}-{row.outbox_id}"
    if row.state is SendState.SENT:
        yield Occurrence(identity, at, counts(**{_SENT[row.channel]: 1}))
    if row.state is SendState.FAILED:
        yield Occurrence(identity, at, counts(failed=1))
