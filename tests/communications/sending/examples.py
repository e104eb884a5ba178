"""Rows of the outbox as tests need them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from communications.sending.domain.outbox import Channel, Content, Mail, OutboxRow, Push, Sms

NOW = datetime(2026, 2, 3, 4, 5, 6, 789000, tzinfo=UTC)
CONTENTS: dict[Channel, Content] = {
    Channel.EMAIL: Mail("A message", "Plain\n", "<p>Rich</p>"),
    Channel.SMS: Sms("A message"),
    Channel.PUSH: Push("A message", "From Ada", {"notificationId": "n1"}),
}


def a_row(channel: Channel = Channel.EMAIL, **changes: Any) -> OutboxRow:
    """Due at once, and of use for a day."""
    row: dict[str, Any] = {
        "event_id": "event-1",
        "user_id": "ada",
        "content": CONTENTS[channel],
        "category": "messages",
        "notification_id": "n1",
        "created_at": NOW,
        "due_at": NOW,
        "drop_after": NOW + timedelta(days=1),
    }
    return OutboxRow(**(row | changes))
