"""The composition root of inboxes."""

from functools import cache

from communications import settings
from communications.inbox.adapters.inbox import DynamoInbox


@cache
def inbox() -> DynamoInbox:
    tables = settings.Inbox()
    return DynamoInbox(tables.inbox_heads_table, tables.inbox_entries_table)
