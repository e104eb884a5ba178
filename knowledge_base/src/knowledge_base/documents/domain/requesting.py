"""Requests for a sync: however many there are, one sync waits."""

from dataclasses import replace
from datetime import datetime

from knowledge_base.documents.domain.syncs import SlotsChanged, Sync, SyncMessages, Syncs, SyncState
from shared.errors import Unavailable

FIRST_LOOK_SECONDS = 2
_ATTEMPTS = 10


class Requesting:
    def __init__(self, syncs: Syncs, messages: SyncMessages) -> None:
        self._syncs, self._messages = syncs, messages

    def request(self, sync_id: str, now: datetime) -> str:
        """The id of a sync that starts later than this, which is the new one if none waits. Raises Unavailable."""
        is_announced = False
        for _ in range(_ATTEMPTS):
            slots = self._syncs.slots()
            if slots.waiting:
                return slots.waiting.sync_id
            if not is_announced:  # before it is written: there is no sync that nobody looks after
                self._messages.look_after(sync_id, FIRST_LOOK_SECONDS)
                is_announced = True
            try:
                self._syncs.save(replace(slots, waiting=Sync(sync_id, SyncState.WAITING, now)))
            except SlotsChanged:
                continue
            return sync_id
        raise Unavailable("Syncs are changing; try again.")
