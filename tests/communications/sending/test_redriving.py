"""Staff have messages sent that were not."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from communications.sending.domain.outbox import OutboxRow, SendState
from communications.sending.domain.redriving import Redrive, Redriving, Wanted
from communications.sending.domain.settling import Step
from shared.errors import Unavailable
from shared.persistence.unit_of_work import UnitOfWork, WriteRefused
from tests.communications.sending.examples import NOW, a_row
from tests.communications.sending.fakes import FakeOutbox, FakeRedrives
from tests.shared.persistence.fake_transactions import FakeTransaction, step

LATER = NOW + timedelta(hours=1)
WAITING = a_row(user_id="waiting", due_at=NOW + timedelta(hours=3))
TOO_LATE = a_row(user_id="too late", drop_after=NOW)
FAILED = a_row(user_id="failed", state=SendState.FAILED, reason="refused")
UNKNOWN = a_row(user_id="unknown").claimed("claim", NOW).doubtful("answer-lost", NOW)
SENT = a_row(user_id="sent", state=SendState.SENT)
HELD = a_row(user_id="held", state=SendState.HELD)
CLAIMED = a_row(user_id="claimed").claimed("claim", NOW)
ROWS = WAITING, TOO_LATE, FAILED, UNKNOWN, SENT, HELD, CLAIMED


def wanted(*rows: OutboxRow, may_arrive_twice: bool = False) -> Wanted:
    return Wanted(tuple(row.outbox_id for row in rows), may_arrive_twice, "A corrected address")


def a_redriving(outbox: FakeOutbox) -> Redriving:
    return Redriving(outbox, FakeRedrives(), FakeTransaction)


def nothing(*_: object) -> None: ...


@pytest.mark.parametrize("may_arrive_twice", [True, False])
def test_what_waits_or_has_failed_is_sent_and_what_is_unknown_only_if_it_may_arrive_twice(
    may_arrive_twice: bool,
) -> None:
    outbox = FakeOutbox(*ROWS)
    redriving, these = a_redriving(outbox), wanted(*ROWS, may_arrive_twice=may_arrive_twice)

    plans = redriving.dry_run(these, LATER)
    assert [plan.step for plan in plans] == [
        *(Step.SEND, Step.DROP, Step.SEND),
        Step.SEND if may_arrive_twice else Step.LEAVE,
        *(Step.LEAVE, Step.LEAVE, Step.LEAVE),
    ]
    assert tuple(outbox.by_id.values()) == ROWS

    redrive = redriving.redrive("r1", these, "priya", LATER, nothing)
    assert list(redrive.plans) == plans
    sendable = {plan.outbox_id for plan in plans if plan.step is Step.SEND}
    assert {row.outbox_id for row in outbox.by_id.values() if row.is_due(LATER)} == sendable
    assert outbox.by_id[TOO_LATE.outbox_id].state is SendState.EXPIRED
    assert redriving.redrives.listed(None, 10).items == (redrive,)
    assert (redrive.by, redrive.at, redrive.note) == ("priya", LATER, "A corrected address")


def test_what_is_not_there_is_said_and_changes_nothing() -> None:
    redriving = a_redriving(FakeOutbox())
    assert [plan.step for plan in redriving.dry_run(wanted(FAILED), LATER)] == [Step.MISSING]
    assert [plan.state for plan in redriving.redrive("r1", wanted(FAILED), "priya", LATER, nothing).plans] == [None]


def test_second_redrive_finds_them_on_their_way() -> None:
    outbox = FakeOutbox(FAILED, UNKNOWN)
    redriving = a_redriving(outbox)
    redriving.redrive("r1", wanted(FAILED, UNKNOWN, may_arrive_twice=True), "priya", LATER, nothing)
    for row in outbox.by_id.values():
        outbox.save(row.claimed("claim", LATER))

    again = redriving.redrive("r2", wanted(FAILED, UNKNOWN, may_arrive_twice=True), "priya", LATER, nothing)
    assert [plan.step for plan in again.plans] == [Step.LEAVE, Step.LEAVE]


class Crossed(FakeOutbox):
    """Somebody changes a row between its reading and its writing, `times` times."""

    def __init__(self, *rows: OutboxRow, change: Callable[[OutboxRow], OutboxRow], times: int = 1) -> None:
        super().__init__(*rows)
        self._change, self._times = change, times

    def save(self, row: OutboxRow, unit_of_work: UnitOfWork | None = None) -> OutboxRow:
        if self._times:
            self._times -= 1
            super().save(self._change(self.by_id[row.outbox_id]))
        return super().save(row, unit_of_work)


def test_row_that_changes_meanwhile_is_read_again_and_the_others_with_it() -> None:
    outbox = Crossed(FAILED, UNKNOWN, change=lambda row: row.resent(LATER))
    redriving = a_redriving(outbox)

    redrive = redriving.redrive("r1", wanted(FAILED, UNKNOWN, may_arrive_twice=True), "priya", LATER, nothing)
    assert [plan.state for plan in redrive.plans] == [SendState.PENDING, SendState.UNKNOWN]
    assert redriving.redrives.listed(None, 10).items == (redrive,)


def test_nothing_is_done_where_others_do_not_stop_changing_it() -> None:
    outbox = Crossed(UNKNOWN, FAILED, change=lambda row: row, times=99)
    redriving = a_redriving(outbox)

    with pytest.raises(Unavailable):
        redriving.redrive("r1", wanted(UNKNOWN, FAILED, may_arrive_twice=True), "priya", LATER, nothing)
    assert [row.state for row in outbox.by_id.values()] == [SendState.UNKNOWN, SendState.FAILED]
    assert redriving.redrives.listed(None, 10).items == ()


def test_what_is_recorded_with_it_may_refuse_it() -> None:
    def first_answer(_: Redrive, unit_of_work: UnitOfWork) -> None:
        step("first answer", lambda: False, lambda: None)(unit_of_work)

    outbox = FakeOutbox(FAILED)
    with pytest.raises(WriteRefused):
        a_redriving(outbox).redrive("r1", wanted(FAILED), "priya", LATER, first_answer)
    assert tuple(outbox.by_id.values()) == (FAILED,)
