"""Erases what was to be sent to somebody, and the devices that they have registered."""

from datetime import datetime

from communications.sending.adapters.devices import DeviceRecord
from communications.sending.adapters.outbox import OutboxRecord
from shared.dynamodb.records import select
from shared.erasure.removing import remove_all


class SendingErasing:
    def __init__(self, outbox_table: str, devices_table: str) -> None:
        self._outbox, self._devices = OutboxRecord.at(outbox_table), DeviceRecord.at(devices_table)

    def erase(self, user_id: str, _: datetime) -> bool:
        """A query of an index and one of a table, and a delete of each. What is being sent is sent."""
        for row in select(self._outbox.by_user, user_id):
            self._outbox(row.outbox_id).remove()
        remove_all(self._devices, user_id, [DeviceRecord.user_id, DeviceRecord.device_id])
        return True
