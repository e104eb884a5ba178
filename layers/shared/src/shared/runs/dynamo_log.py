"""Runs and their frames in DynamoDB."""

import json
from collections.abc import Sequence
from datetime import datetime

from pynamodb.attributes import UnicodeAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection

from shared.dynamodb.attributes import DocumentAttribute, IntegerAttribute, MomentAttribute, SecondsAttribute
from shared.dynamodb.records import ConditionFailed, Record, select
from shared.dynamodb.transactions import Transaction
from shared.erasure.removing import remove_all
from shared.json.encoding import encode
from shared.persistence.unit_of_work import Write, WriteRefused
from shared.runs.run import LEASE, OUTCOME, QUEUED, Ended, Ending, Frame, Run

_OPEN = "open"
_RUN, _FRAME = "run", "frame"


class OverdueRuns(GlobalSecondaryIndex["RunRecord"]):
    class Meta:
        index_name = "Overdue"
        projection = KeysOnlyProjection()

    open = UnicodeAttribute(hash_key=True)
    overdue_at = SecondsAttribute(range_key=True, attr_name="overdueAt")


class RunRecord(Record):
    """`followers` is a map from the start, so that a follower is entered without a read."""

    overdue = OverdueRuns()

    run_id = UnicodeAttribute(hash_key=True, attr_name="runId")
    kind = UnicodeAttribute()
    user_id = UnicodeAttribute(attr_name="userId")
    subject = UnicodeAttribute()
    session_id = UnicodeAttribute(attr_name="sessionId")
    request = DocumentAttribute()
    created_at = MomentAttribute(attr_name="createdAt")
    overdue_at = SecondsAttribute(attr_name="overdueAt")
    status = UnicodeAttribute()
    owner = UnicodeAttribute(null=True)
    followers = DocumentAttribute()
    ended = DocumentAttribute(null=True)
    open = UnicodeAttribute(null=True)
    expires_at = SecondsAttribute(attr_name="expiresAt")

    def to_run(self) -> Run:
        return Run(
            run_id=self.run_id,
            kind=self.kind,
            user_id=self.user_id,
            subject=self.subject,
            session_id=self.session_id,
            request=self.request,
            created_at=self.created_at,
            overdue_at=self.overdue_at,
            status=self.status,  # type: ignore[arg-type]  # nothing else is written
            owner=self.owner,
            followers=self.followers,
            ended=self.ended or {},
        )


class FrameRecord(Record):
    run_id = UnicodeAttribute(hash_key=True, attr_name="runId")
    seq = IntegerAttribute(range_key=True)
    type = UnicodeAttribute()
    fields = DocumentAttribute()
    expires_at = SecondsAttribute(attr_name="expiresAt")

    def to_frame(self) -> Frame:
        return Frame(self.run_id, self.seq, self.type, self.fields)


_IS_OPEN = RunRecord.status.is_in("queued", "running")


class DynamoRunLog:
    def __init__(self, runs_table: str, frames_table: str) -> None:
        self._runs, self._frames = RunRecord.at(runs_table), FrameRecord.at(frames_table)

    def create(self, run: Run, also: Write) -> None:
        """One transaction."""
        record = self._runs(
            run.run_id,
            kind=run.kind,
            user_id=run.user_id,
            subject=run.subject,
            session_id=run.session_id,
            request=dict(run.request),
            created_at=run.created_at,
            overdue_at=run.overdue_at,
            status=run.status,
            followers=dict(run.followers),
            open=_OPEN,
            expires_at=run.expires_at,
        )
        transaction = Transaction()
        transaction.save(_RUN, record, RunRecord.run_id.does_not_exist())
        also(transaction)
        transaction.commit()

    def find(self, run_id: str, now: datetime) -> Run | None:
        """One consistent GetItem; half an RCU for every 2 KB of the item."""
        record = self._runs.find(run_id)
        run = record.to_run() if record else None
        return run if run and run.expires_at > now else None

    def take(self, run_id: str, owner: str, now: datetime) -> Run | None:
        """One update."""
        # an attempt whose answer was lost has made us the owner, of a run that may have been stopped since
        free = (RunRecord.status == "queued") | ((RunRecord.status == "running") & (RunRecord.owner == owner))
        actions = [
            RunRecord.status.set("running"),
            RunRecord.owner.set(owner),
            RunRecord.overdue_at.set(now + LEASE),
        ]
        return self._change(run_id, actions, free)

    def renew(self, run_id: str, owner: str, now: datetime) -> bool:
        held = (RunRecord.status == "running") & (RunRecord.owner == owner)
        return self._change(run_id, [RunRecord.overdue_at.set(now + LEASE)], held) is not None

    def requeue(self, run: Run, now: datetime) -> bool:
        waiting = RunRecord.status == "queued"
        return self._change(run.run_id, [RunRecord.overdue_at.set(now + QUEUED)], waiting) is not None

    def append(self, frame: Frame, expires_at: datetime) -> bool:
        """One conditional put."""
        try:
            self._frame_record(frame, expires_at).put(FrameRecord.seq.does_not_exist())
        except ConditionFailed:
            return False
        return True

    def end(self, run: Run, frame: Frame, ending: Ending, *, only_overdue_at: datetime | None = None) -> None:
        """One transaction: the frame, the run, and the context's own writes."""
        still_open: Condition = _IS_OPEN
        if only_overdue_at:
            still_open = still_open & (RunRecord.overdue_at <= only_overdue_at)
        ended: list[Action] = [
            RunRecord.status.set(OUTCOME[frame.type]),
            RunRecord.ended.set(json.loads(encode(frame.fields))),
            RunRecord.open.remove(),
        ]
        transaction = Transaction()
        transaction.save(_FRAME, self._frame_record(frame, run.expires_at), FrameRecord.seq.does_not_exist())
        transaction.change(_RUN, self._runs(run.run_id), ended, still_open)
        ending.write(transaction)
        try:
            transaction.commit()
        except WriteRefused as error:
            if not error.refused.isdisjoint({_FRAME, _RUN}):
                raise Ended from error
            raise

    def frames(self, run_id: str, after: int, now: datetime) -> tuple[Frame, ...]:
        """One consistent query; a whole answer of 4,096 tokens is about 100 frames and 20 KB."""
        found = select(self._frames, run_id, FrameRecord.seq > after)
        return tuple(record.to_frame() for record in found if record.expires_at > now)

    def follow(self, run_id: str, connection_id: str, after: int) -> bool:
        """One update."""
        return self._change(run_id, [RunRecord.followers[connection_id].set(after)], _IS_OPEN) is not None

    def overdue(self, now: datetime, limit: int) -> tuple[Run, ...]:
        """One query of the index of open runs, those that are overdue longest first, and a GetItem of each."""
        found = select(self._runs.overdue, _OPEN, OverdueRuns.overdue_at <= now, limit=limit)
        runs = (self.find(record.run_id, now) for record in found)  # the index follows the table, and has keys only
        return tuple(run for run in runs if run and run.is_open and run.overdue_at <= now)

    def forget(self, run_id: str) -> None:
        """A query, and a delete for each frame and the run."""
        remove_all(self._frames, run_id, [FrameRecord.run_id, FrameRecord.seq])
        self._runs(run_id).remove()

    def _change(self, run_id: str, actions: Sequence[Action], condition: Condition) -> Run | None:
        try:
            return self._runs(run_id).change(*actions, condition=condition).to_run()
        except ConditionFailed:
            return None

    def _frame_record(self, frame: Frame, expires_at: datetime) -> FrameRecord:
        fields = json.loads(encode(frame.fields))
        return self._frames(frame.run_id, frame.seq, type=frame.type, fields=fields, expires_at=expires_at)
