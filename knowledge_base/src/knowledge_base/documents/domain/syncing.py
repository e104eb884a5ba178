"""Syncing: any number of changes in the bucket become one job that runs and one that waits.

Whoever looks after the syncs may break off after each call, and may be repeated. The slots are changed by conditional
writes, and a job is started under a token of its own, so that a repetition finds the job of the first.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum

from knowledge_base.documents.domain.following import Following
from knowledge_base.documents.domain.knowledge import Busy, Job, JobState, KnowledgeBase, Refused
from knowledge_base.documents.domain.requesting import FIRST_LOOK_SECONDS, Requesting
from knowledge_base.documents.domain.syncs import Slots, SlotsChanged, Sync, SyncMessages, Syncs, SyncState
from shared.errors import Unavailable

MAX_ATTEMPTS = 5
STARTING = timedelta(minutes=2)
"""Longer than the function runs that starts a job."""
AGAIN = timedelta(seconds=15)
"""Until a job is started that was refused because of another one, or throttled: Bedrock starts one in 10 s."""
BACK_OFF = timedelta(seconds=30)
"""Until the second attempt; twice as long until each further one."""
SELDOM_SECONDS = 60
UNBORN = timedelta(minutes=2)
"""How old a message about a sync can be that is yet to be written: longer than any function of ours runs."""


class Outcome(StrEnum):
    """What looking after the syncs has come to, for the log."""

    NOTHING = "nothing"
    WORKING = "working"
    DONE = "done"
    FAILED = "failed"
    STUCK = "stuck"


class Syncing:
    def __init__(
        self,
        syncs: Syncs,
        requesting: Requesting,
        following: Following,
        knowledge_base: KnowledgeBase,
        messages: SyncMessages,
        stuck_after: timedelta,
    ) -> None:
        self._syncs, self._requesting, self._following = syncs, requesting, following
        self._knowledge_base, self._messages, self._stuck_after = knowledge_base, messages, stuck_after

    def follow(self, sync_id: str, now: datetime) -> None:
        """Bring the records to where the bucket is, and request a sync, under this id, if one has yet to see it."""
        if self._following.follow(now):
            self._requesting.request(sync_id, now)

    def look_after(self, sync_id: str, sent_at: datetime, now: datetime) -> None:
        """Have a sync looked after again unless it has ended. It may be yet to be written."""
        slots = self._syncs.slots()
        if slots.has(sync_id):
            self._messages.look_after(sync_id, _seconds_until_next_look(slots, now))
        elif now - sent_at < UNBORN:
            self._messages.look_after(sync_id, UNBORN.seconds)

    def advance(self, now: datetime) -> Outcome:
        """Do what is to be done for the syncs by now. Raises Unavailable."""
        try:
            return self._advance(self._syncs.slots(), now)
        except SlotsChanged:  # by somebody who has just done the same
            return Outcome.WORKING

    def _advance(self, slots: Slots, now: datetime) -> Outcome:
        outcome = Outcome.NOTHING
        if slots.running:
            slots, outcome = self._work_on(slots, slots.running, now)
        if slots.running is None and slots.waiting:
            sync = replace(slots.waiting, state=SyncState.RUNNING, started_at=now)
            slots = self._syncs.save(replace(slots, running=_next_attempt(sync, now + STARTING), waiting=None))
            assert slots.running  # noqa: S101  as just written
            started = self._start(slots, slots.running, now, is_first=True)
            outcome = outcome if outcome in {Outcome.DONE, Outcome.FAILED} else started
        return outcome

    def _work_on(self, slots: Slots, sync: Sync, now: datetime) -> tuple[Slots, Outcome]:
        if sync.job_id is None:
            if sync.start_after is None or now < sync.start_after:
                return slots, Outcome.WORKING
            claimed = replace(sync, start_after=now + STARTING)
            slots = self._put(slots, sync, claimed)
            return slots, self._start(slots, claimed, now)
        job = self._knowledge_base.job(sync.job_id)
        if job is None:
            return self._failed(slots, sync, "The knowledge base has lost the job.", now)
        if not job.has_ended:
            return self._wait_for(slots, job, now)
        if job.state is JobState.FAILED:
            return self._failed(slots, sync, job.reason or "The job failed.", now)
        self._following.settle(sync.sync_id, now)
        done = replace(sync, state=SyncState.DONE, counts=job.counts, reason=None)
        return self._end(slots, sync, done, now), Outcome.DONE

    def _wait_for(self, slots: Slots, job: Job, now: datetime) -> tuple[Slots, Outcome]:
        """A job that takes too long is stopped, and one that does not stop is left alone: it blocks the next ones."""
        if now < job.started_at + self._stuck_after:
            return slots, Outcome.WORKING
        if job.state is JobState.RUNNING:
            self._knowledge_base.stop(job.job_id)
        return slots, Outcome.STUCK

    def _start(self, slots: Slots, sync: Sync, now: datetime, *, is_first: bool = False) -> Outcome:
        self._following.cover(sync.sync_id, now)
        try:
            before = None if is_first else self._knowledge_base.started_by(sync.token)
            job_id = before or self._knowledge_base.start(sync.token)
        except (Busy, Unavailable):
            self._put(slots, sync, replace(sync, start_after=now + AGAIN))
        except Refused as error:
            return self._failed(slots, sync, str(error), now)[1]
        else:
            self._put(slots, sync, replace(sync, job_id=job_id, start_after=None))
        return Outcome.WORKING

    def _failed(self, slots: Slots, sync: Sync, reason: str, now: datetime) -> tuple[Slots, Outcome]:
        failed = replace(sync, reason=reason)
        if sync.attempt < MAX_ATTEMPTS:
            again = _next_attempt(failed, now + BACK_OFF * 2 ** (sync.attempt - 1))
            return self._put(slots, sync, again), Outcome.WORKING
        self._following.give_up(sync.sync_id, reason, now)
        return self._end(slots, sync, replace(failed, state=SyncState.FAILED), now), Outcome.FAILED

    def _end(self, slots: Slots, sync: Sync, ended: Sync, now: datetime) -> Slots:
        return self._put(slots, sync, None, replace(ended, ended_at=now, start_after=None))

    def _put(self, slots: Slots, before: Sync, after: Sync | None, ended: Sync | None = None) -> Slots:
        """Replace the sync that runs, while requests may fill the other slot. Raises SlotsChanged if it has changed."""
        while slots.running and slots.running.token == before.token:
            try:
                return self._syncs.save(replace(slots, running=after), ended)
            except SlotsChanged:
                slots = self._syncs.slots()
        raise SlotsChanged


def _next_attempt(sync: Sync, start_after: datetime) -> Sync:
    return replace(sync, attempt=sync.attempt + 1, start_after=start_after, job_id=None)


def _seconds_until_next_look(slots: Slots, now: datetime) -> int:
    """Often while a sync is young, and later half as often as it is old."""
    begun = slots.running.started_at if slots.running else None
    age = (now - begun).seconds if begun and begun <= now else 0
    return max(FIRST_LOOK_SECONDS, min(age // 2, SELDOM_SECONDS))
