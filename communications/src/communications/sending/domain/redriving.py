"""Staff have messages sent that were not: a decision with a name to it, made once, for all of its rows or for none."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from communications.sending.domain.outbox import Outbox, OutboxRow, SendState
from communications.sending.domain.settling import Plan, Step, hastened
from shared.errors import Unavailable
from shared.persistence.unit_of_work import StillConflicting, UnitOfWork, WriteRefused

MAX_SENDS = 25
"""They are written in one transaction, with what each says."""
REDRIVE = "redrive"
"""The name of the write of a new redrive."""
_ATTEMPTS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Redrive:
    """Who had what sent again, and why: `plans` say what was done about each row, and the state it was found in."""

    redrive_id: str
    plans: tuple[Plan, ...]
    may_arrive_twice: bool
    note: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RedrivePage:
    """`after` is the id of the last one if others follow."""

    items: tuple[Redrive, ...]
    after: str | None


class Redrives(Protocol):
    """Kept for good. Every method raises Unavailable."""

    def add(self, redrive: Redrive, unit_of_work: UnitOfWork) -> None:
        """Refused, naming REDRIVE, where it is there already."""
        ...

    def listed(self, after: str | None, limit: int) -> RedrivePage:
        """The newest first."""
        ...


@dataclass(frozen=True, slots=True)
class Wanted:
    """`may_arrive_twice`: also what may have been accepted, as its answer was lost."""

    outbox_ids: tuple[str, ...]
    may_arrive_twice: bool
    note: str

    def after(self, row: OutboxRow, now: datetime) -> OutboxRow | None:
        """The row as it is to be; None where it is left as it is."""
        match row.state:
            case SendState.FAILED:
                return row.resent(now)
            case SendState.UNKNOWN:
                return row.resent(now) if self.may_arrive_twice else None
            case _:
                return hastened(row, now)


@dataclass(frozen=True, slots=True)
class Redriving:
    """`begin` makes a unit of work."""

    outbox: Outbox
    redrives: Redrives
    begin: Callable[[], UnitOfWork]

    def dry_run(self, wanted: Wanted, now: datetime) -> Sequence[Plan]:
        """What would be done. One read of each row. Raises Unavailable."""
        return [plan for plan, _ in self._planned(wanted, now)]

    def redrive(
        self, redrive_id: str, wanted: Wanted, by: str, now: datetime, record: Callable[[Redrive, UnitOfWork], None]
    ) -> Redrive:
        """All rows, the redrive and what `record` adds, in one transaction; again where a row has changed meanwhile.

        Raises WriteRefused for what `record` adds; Unavailable.
        """
        for _ in range(_ATTEMPTS):
            planned = self._planned(wanted, now)
            redrive = Redrive(
                redrive_id=redrive_id,
                plans=tuple(plan for plan, _ in planned),
                may_arrive_twice=wanted.may_arrive_twice,
                note=wanted.note,
                by=by,
                at=now,
            )
            unit_of_work = self.begin()
            self.redrives.add(redrive, unit_of_work)
            record(redrive, unit_of_work)
            for _, row in planned:
                if row is not None:
                    self.outbox.save(row, unit_of_work)
            try:
                unit_of_work.commit()
            except WriteRefused as error:
                if not error.refused <= set(wanted.outbox_ids):
                    raise
            except StillConflicting as error:
                if not error.conflicting <= set(wanted.outbox_ids):
                    raise
            else:
                return redrive
        raise Unavailable("Somebody else is sending these: try again.", retry_after_seconds=5)

    def _planned(self, wanted: Wanted, now: datetime) -> Sequence[tuple[Plan, OutboxRow | None]]:
        return [self._plan(outbox_id, wanted, now) for outbox_id in wanted.outbox_ids]

    def _plan(self, outbox_id: str, wanted: Wanted, now: datetime) -> tuple[Plan, OutboxRow | None]:
        row = self.outbox.find(outbox_id)
        if row is None:
            return Plan(outbox_id, Step.MISSING, None), None
        after = wanted.after(row, now)
        return Plan.of(row, after), after
