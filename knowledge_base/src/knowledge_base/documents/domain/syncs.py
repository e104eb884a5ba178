"""Syncs: of those that have not ended, one runs and one waits, at the most."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from shared.persistence.unit_of_work import Write


class SyncState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Counts:
    """Documents: of how many a job has read, indexed, deleted what, and how many it could not read."""

    scanned: int = 0
    added: int = 0
    changed: int = 0
    deleted: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True)
class Sync:
    """A request to bring the knowledge base to where the bucket is, and what came of it.

    `attempt` numbers its jobs, from 1; `job_id` is None until the job of this attempt has been started. Whoever sets
    out to start it has until `start_after`; then others may. `reason` is why the last job failed.
    """

    sync_id: str
    state: SyncState
    requested_at: datetime
    started_at: datetime | None = None
    ended_at: datetime | None = None
    attempt: int = 0
    start_after: datetime | None = None
    job_id: str | None = None
    counts: Counts | None = None
    reason: str | None = None

    @property
    def token(self) -> str:
        """What the job of this attempt is started under: the same token starts the same job."""
        return f"{self.sync_id}-{self.attempt}"


@dataclass(frozen=True, slots=True)
class Slots:
    """The two syncs that may exist at once. `revision` counts their changes."""

    running: Sync | None = None
    waiting: Sync | None = None
    revision: int = 0

    def has(self, sync_id: str) -> bool:
        return any(sync is not None and sync.sync_id == sync_id for sync in (self.running, self.waiting))


class SlotsChanged(Exception):
    """Somebody else has changed the slots: nothing was written."""


class Syncs(Protocol):
    """Every method raises Unavailable."""

    def slots(self) -> Slots:
        """Consistent."""
        ...

    def save(self, slots: Slots, ended: Sync | None = None, record: Write | None = None) -> Slots:
        """Write slots with the next revision, in the place of those with theirs, and the record of a sync that ended.

        `record` is written with them. Raises SlotsChanged; KeyInUse.
        """
        ...

    def ended(self, after: str | None, limit: int) -> tuple[Sync, ...]:
        """The newest first, from the one after this id on."""
        ...


@dataclass(frozen=True, slots=True)
class SyncPage:
    """The newest first; `after` is the id after which the next page begins, None on the last one."""

    items: Sequence[Sync]
    after: str | None


def sync_page(syncs: Syncs, after: str | None, limit: int) -> SyncPage:
    """Those that wait or run, and those that have ended. Raises Unavailable."""
    slots = syncs.slots()
    present = [each for each in (slots.waiting, slots.running) if each and (after is None or each.sync_id < after)]
    # one that has ended since the slots were read is both
    found = {each.sync_id: each for each in [*present, *syncs.ended(after, limit + 1)]}
    newest = sorted(found.values(), key=lambda each: each.sync_id, reverse=True)
    return SyncPage(newest[:limit], newest[limit - 1].sync_id if len(newest) > limit else None)


class SyncMessages(Protocol):
    """To the function that follows the bucket. Every method raises Unavailable."""

    def follow(self) -> None:
        """Look at bucket and syncs now."""
        ...

    def follow_later(self) -> None:
        """Look at them once whatever the caller is about to do has been done, or never will be."""
        ...

    def look_after(self, sync_id: str, seconds: int) -> None:
        """Look after this sync in so many seconds, and again until it has ended."""
        ...
