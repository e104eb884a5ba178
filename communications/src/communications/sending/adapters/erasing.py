"""Erases what was to be sent to somebody, their devices, and what they have turned off."""

from collections.abc import Collection
from datetime import datetime

from communications.sending.adapters.outbox import OutboxRecord
from communications.sending.domain.devices import DeviceRegistration
from communications.sending.domain.outbox import Channel
from communications.sending.domain.suppressions import Suppressions, category_key
from shared.dynamodb.records import select


class SendingErasing:
    """`categories` are all that can be turned off. That an address wants nothing is kept: it is under no id."""

    def __init__(
        self,
        outbox_table: str,
        registration: DeviceRegistration,
        suppressions: Suppressions,
        categories: Collection[str],
    ) -> None:
        self._outbox = OutboxRecord.at(outbox_table)
        self._registration, self._suppressions, self._categories = registration, suppressions, categories

    def erase(self, user_id: str, _: datetime) -> bool:
        """Queries of an index and a table, a read of the categories, and deletes. What is being sent is sent."""
        for row in select(self._outbox.by_user, user_id):
            self._outbox(row.outbox_id).remove()
        self._registration.remove_all(user_id)
        keys = [category_key(channel, user_id, category) for channel in Channel for category in self._categories]
        for key in self._suppressions.find(keys):
            self._suppressions.remove(key)
        return True
