"""The composition root of erasure."""

from functools import cache

from communications import settings
from communications.conversations.adapters.erasing import ConversationErasing
from communications.inbox.adapters.erasing import InboxErasing
from communications.notifications.adapters.erasing import NotificationErasing
from communications.sending.adapters.erasing import SendingErasing
from communications.users.wiring import event_bus
from shared.erasure.consuming import Part

__all__ = ["event_bus", "parts"]


@cache
def parts() -> tuple[Part, ...]:
    inbox = settings.Inbox()
    conversations = settings.Conversations()
    return (
        InboxErasing(inbox.inbox_heads_table, inbox.inbox_entries_table),
        NotificationErasing(
            settings.Notifications().notifications_table,
            settings.Decisions().decisions_table,
            settings.WeeklyCaps().weekly_caps_table,
        ),
        ConversationErasing(
            conversations.messages_table,
            conversations.threads_table,
            conversations.memberships_table,
            settings.Blocks().blocks_table,
        ),
        SendingErasing(settings.Outbox().outbox_table, settings.Devices().devices_table),
    )
