"""The composition root of erasure."""

from functools import cache

from communications import settings
from communications.conversations.adapters.erasing import ConversationErasing
from communications.inbox.adapters.erasing import InboxErasing
from communications.notifications.adapters.erasing import NotificationErasing
from communications.notifications.domain.releasing import DIGEST
from communications.notifications.domain.types import Category
from communications.sending.adapters.devices import DynamoDevices, SnsEndpoints
from communications.sending.adapters.erasing import SendingErasing
from communications.sending.adapters.suppressions import DynamoSuppressions
from communications.sending.domain.devices import DeviceRegistration
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
        SendingErasing(
            settings.Outbox().outbox_table,
            DeviceRegistration(DynamoDevices(settings.Devices().devices_table), SnsEndpoints({})),
            DynamoSuppressions(settings.Suppressions().suppressions_table),
            (*Category, DIGEST),
        ),
    )
