"""Runs and their frames in DynamoDB: Runs by `runId`, with an index of those that are open; Frames by `runId`, `seq`.

Followers are attributes of their own, `follower:<connection>`, so that entering one needs no read.
"""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from shared.dynamodb.tables import ConditionFailed, Item, Table, attribute, remove, set_to
from shared.dynamodb.transactions import Cancelled, Transaction
from shared.json.encoding import encode, moment, rfc3339
from shared.runs.run import LEASE, OUTCOME, QUEUED, Ended, Ending, Frame, Run

_FOLLOWER = "follower:"
_OPEN = "open"
_RUN, _FRAME = "run", "frame"


class DynamoRunLog:
    def __init__(self, runs_table: str, frames_table: str) -> None:
        self._runs, self._frames = Table(runs_table), Table(frames_table)

    def create(self, run: Run, also: Callable[[Transaction], None]) -> None:
        """One transaction."""
        transaction = Transaction()
        transaction.put(_RUN, self._runs, _item(run), attribute("runId").missing())
        also(transaction)
        transaction.commit()

    def find(self, run_id: str, now: datetime) -> Run | None:
        """One consistent GetItem; half an RCU for every 2 KB that was asked."""
        item = self._runs.get({"runId": run_id})
        run = _run(item) if item else None
        return run if run and run.expires_at > now else None

    def take(self, run_id: str, owner: str, now: datetime) -> Run | None:
        return self._change(
            run_id,
            [set_to("status", "running"), set_to("owner", owner), set_to("overdueAt", _seconds(now + LEASE))],
            # an attempt whose answer was lost has made us the owner, of a run that may have been stopped since
            (attribute("status") == "queued") | ((attribute("status") == "running") & (attribute("owner") == owner)),
        )

    def renew(self, run_id: str, owner: str, now: datetime) -> bool:
        held = (attribute("status") == "running") & (attribute("owner") == owner)
        return self._change(run_id, [set_to("overdueAt", _seconds(now + LEASE))], held) is not None

    def requeue(self, run: Run, now: datetime) -> bool:
        waiting = attribute("status") == "queued"
        return self._change(run.run_id, [set_to("overdueAt", _seconds(now + QUEUED))], waiting) is not None

    def append(self, frame: Frame, expires_at: datetime) -> bool:
        """One conditional put."""
        try:
            self._frames.put(_frame_item(frame, expires_at), attribute("seq").missing())
        except ConditionFailed:
            return False
        return True

    def end(self, run: Run, frame: Frame, ending: Ending, *, only_overdue_at: datetime | None = None) -> None:
        """One transaction: the frame, the run, and the context's own writes."""
        still_open = attribute("status").is_in(("queued", "running"))
        if only_overdue_at:
            still_open = still_open & (attribute("overdueAt") <= _seconds(only_overdue_at))
        ended = [
            set_to("status", OUTCOME[frame.type]),
            set_to("ended", json.loads(encode(frame.fields))),
            remove(_OPEN),
        ]
        transaction = Transaction()
        transaction.put(_FRAME, self._frames, _frame_item(frame, run.expires_at), attribute("seq").missing())
        transaction.update(_RUN, self._runs, {"runId": run.run_id}, ended, still_open)
        ending.write(transaction)
        try:
            transaction.commit()
        except Cancelled as cancelled:
            if not cancelled.refused.isdisjoint({_FRAME, _RUN}):
                raise Ended from cancelled
            raise

    def frames(self, run_id: str, after: int, now: datetime) -> tuple[Frame, ...]:
        """One consistent query; a whole answer of 4,096 tokens is about 100 frames and 20 KB."""
        of_run = (attribute("runId") == run_id) & (attribute("seq") > after)
        return tuple(_frame(item) for item in self._frames.query(of_run) if item["expiresAt"] > _seconds(now))

    def follow(self, run_id: str, connection_id: str, after: int) -> bool:
        still_open = attribute("status").is_in(("queued", "running"))
        return self._change(run_id, [set_to(_FOLLOWER + connection_id, after)], still_open) is not None

    def overdue(self, now: datetime, limit: int) -> tuple[Run, ...]:
        """One query of the index of open runs, those that are overdue longest first, and a GetItem of each."""
        due = (attribute(_OPEN) == _OPEN) & (attribute("overdueAt") <= _seconds(now))
        found = self._runs.query(due, index="Overdue", limit=limit, consistent=False)
        runs = (self.find(item["runId"], now) for item in found)  # the index follows the table, and has keys only
        return tuple(run for run in runs if run and run.is_open and run.overdue_at <= now)

    def _change(self, run_id: str, changes: list[Any], condition: Any) -> Run | None:
        try:
            return _run(self._runs.update({"runId": run_id}, *changes, condition=condition))
        except ConditionFailed:
            return None


def _item(run: Run) -> Item:
    return {
        "runId": run.run_id,
        "kind": run.kind,
        "userId": run.user_id,
        "subject": run.subject,
        "sessionId": run.session_id,
        "request": run.request,
        "createdAt": rfc3339(run.created_at),
        "overdueAt": _seconds(run.overdue_at),
        "status": run.status,
        "open": _OPEN,
        "expiresAt": _seconds(run.expires_at),
        **{_FOLLOWER + connection_id: after for connection_id, after in run.followers.items()},
    }


def _run(item: Item) -> Run:
    return Run(
        run_id=item["runId"],
        kind=item["kind"],
        user_id=item["userId"],
        subject=item["subject"],
        session_id=item["sessionId"],
        request=item["request"],
        created_at=moment(item["createdAt"]),
        overdue_at=datetime.fromtimestamp(item["overdueAt"], UTC),
        status=item["status"],
        owner=item.get("owner"),
        followers={name.removeprefix(_FOLLOWER): after for name, after in item.items() if name.startswith(_FOLLOWER)},
        ended=item.get("ended", {}),
    )


def _frame_item(frame: Frame, expires_at: datetime) -> Item:
    fields: Mapping[str, Any] = json.loads(encode(frame.fields))
    return {
        "runId": frame.run_id,
        "seq": frame.seq,
        "type": frame.type,
        "fields": fields,
        "expiresAt": _seconds(expires_at),
    }


def _frame(item: Item) -> Frame:
    return Frame(item["runId"], item["seq"], item["type"], item["fields"])


def _seconds(at: datetime) -> int:
    return int(at.timestamp())
