"""What people do about messages that were not sent."""

from datetime import timedelta

import pytest

from communications.sending.domain.outbox import OutboxRow, SendState
from communications.sending.domain.settling import Settling, Step
from tests.communications.sending.examples import NOW, a_row
from tests.communications.sending.fakes import FakeOutbox

LATER = NOW + timedelta(hours=1)
UNKNOWN = a_row().claimed("claim", NOW).doubtful("answer lost", NOW)
each_way = pytest.mark.parametrize("dry_run", [True, False])


@each_way
@pytest.mark.parametrize(
    ("row", "step", "after"),
    [
        (a_row(due_at=NOW + timedelta(days=1)), Step.SEND, SendState.PENDING),
        (a_row(drop_after=NOW), Step.DROP, SendState.EXPIRED),
        (UNKNOWN, Step.LEAVE, SendState.UNKNOWN),
        (a_row(state=SendState.SENT), Step.LEAVE, SendState.SENT),
    ],
)
def test_only_what_waits_is_redriven(row: OutboxRow, step: Step, after: SendState, dry_run: bool) -> None:
    outbox = FakeOutbox(row)
    assert Settling(outbox).redrive(row.outbox_id, LATER, dry_run=dry_run).step is step
    assert outbox.by_id[row.outbox_id].state is (row.state if dry_run else after)
    assert (outbox.by_id[row.outbox_id] == row) == (dry_run or step is Step.LEAVE)
    if step is Step.SEND and not dry_run:
        assert outbox.due(SendState.PENDING, LATER, 1) == [row.outbox_id]


@each_way
@pytest.mark.parametrize("row", [UNKNOWN, a_row(state=SendState.FAILED)])
def test_what_is_unknown_or_failed_is_sent_again_on_purpose(row: OutboxRow, dry_run: bool) -> None:
    outbox = FakeOutbox(row)
    plan = Settling(outbox).resend(row.outbox_id, LATER, dry_run=dry_run)
    assert (plan.step, plan.state) == (Step.SEND, row.state)
    assert outbox.by_id[row.outbox_id].is_due(LATER) is not dry_run


@each_way
def test_nothing_else_is_sent_again(dry_run: bool) -> None:
    row = a_row(state=SendState.SENT)
    outbox = FakeOutbox(row)
    assert Settling(outbox).resend(row.outbox_id, LATER, dry_run=dry_run).step is Step.LEAVE
    assert outbox.by_id[row.outbox_id] == row
    assert Settling(outbox).resend("no#such#email", LATER, dry_run=dry_run).step is Step.MISSING
    assert Settling(outbox).redrive("no#such#email", LATER, dry_run=dry_run).step is Step.MISSING


def test_unknown_ones_are_listed() -> None:
    outbox = FakeOutbox(UNKNOWN, a_row(user_id="bob"))
    assert Settling(outbox).unknown(LATER) == [UNKNOWN]
