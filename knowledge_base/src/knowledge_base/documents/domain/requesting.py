"""Requests for a sync: however many there are, one sync waits."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from knowledge_base.documents.domain.syncs import SlotsChanged, Sync, SyncMessages, Syncs, SyncState
from shared.errors import Unavailable
from shared.persistence.unit_of_work import Write

FIRST_LOOK_SECONDS = 2
_ATTEMPTS = 10


class Requesting:
    def __init__(self, syncs: Syncs, messages: SyncMessages) -> None:
        self._syncs, self._messages = syncs, messages

    def request(self, sync_id: str, now: datetime, record: Callable[[str], Write] | None = None) -> str:
        """The id of a sync that starts later than this, which is the new one if none waits.

        What `record` makes of that id is written with it. Raises KeyInUse; Unavailable.
        """
        is_announced = False
        for _ in range(_ATTEMPTS):
            slots = self._syncs.slots()
            waiting = slots.waiting or Sync(sync_id, SyncState.WAITING, now)
            if slots.waiting and record is None:
                return waiting.sync_id
            if not slots.waiting and not is_announced:  # before it is written: there is no sync that nobody looks after
                self._messages.look_after(sync_id, FIRST_LOOK_SECONDS)
                is_announced = True
            try:
                self._syncs.save(replace(slots, waiting=waiting), record=record and record(waiting.sync_id))
            except SlotsChanged:
                continue
            return waiting.sync_id
        raise Unavailable("Syncs are changing; try again.")
