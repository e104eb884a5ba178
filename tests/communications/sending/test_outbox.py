"""The states of a row of the outbox."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from communications.sending.domain.outbox import (
    BACKOFF,
    FOLLOWING,
    LEASE,
    OPEN,
    RESENT_FOR,
    WAITING,
    Channel,
    LateChange,
    OutboxRow,
    SendState,
    cancel,
    changed,
)
from shared.errors import VersionConflict
from tests.communications.sending.examples import CONTENTS, NOW, a_row
from tests.communications.sending.fakes import FakeOutbox

type Change = Callable[[OutboxRow, datetime], OutboxRow]

CHANGES: dict[str, Change] = {
    "claimed": lambda row, now: row.claimed("claim", now),
    "sent": lambda row, _: row.sent("id", ["phone"]),
    "failed": lambda row, _: row.failed("bounced"),
    "postponed": lambda row, now: row.postponed("throttled", now),
    "doubtful": lambda row, now: row.doubtful("answer lost", now),
    "cancelled": lambda row, _: row.cancelled("read"),
    "expired": lambda row, _: row.expired(),
    "released": lambda row, now: row.released(now),
    "resent": lambda row, now: row.resent(now),
}


@given(
    st.sampled_from([SendState.PENDING, SendState.HELD]),
    st.lists(st.tuples(st.sampled_from(sorted(CHANGES)), st.integers(0, 3_000)), max_size=30),
)
def test_whatever_happens_every_step_is_in_the_graph(start: SendState, steps: list[tuple[str, int]]) -> None:
    row, now = a_row(state=start), NOW
    for name, seconds in steps:
        before, now = row, now + timedelta(seconds=seconds)
        try:
            row = CHANGES[name](row, now)
        except LateChange:
            continue
        assert row.state is before.state or row.state in FOLLOWING[before.state]
        assert row.attempt == before.attempt + (name == "claimed")
        assert (row.claim is not None) == (row.state is SendState.SENDING)
        assert row.reached >= before.reached
        if before.state in (SendState.SENT, SendState.FAILED, SendState.UNKNOWN) and row.state is SendState.PENDING:
            assert name == "resent"  # what may have been accepted is sent again by people only


def test_claim_is_the_only_way_to_be_sent() -> None:
    assert [state for state in SendState if SendState.SENDING in FOLLOWING[state]] == [SendState.PENDING]
    assert WAITING < OPEN


def test_claim_is_respected_for_longer_than_a_sender_lives() -> None:
    assert a_row().claimed("claim", NOW).due_at == NOW + LEASE


def test_each_attempt_waits_longer_until_the_row_is_of_no_more_use() -> None:
    row, now, waits = a_row(drop_after=NOW + timedelta(hours=4)), NOW, []
    while row.state is SendState.PENDING:
        row = row.claimed("claim", now).postponed("throttled", now)
        waits.append(row.due_at - now)
        now = row.due_at
    assert waits[: len(BACKOFF)] == list(BACKOFF)
    assert (row.state, row.reason) == (SendState.EXPIRED, "throttled")
    assert now < NOW + timedelta(hours=5)


def test_what_was_sent_again_has_time_to_be_sent() -> None:
    later = NOW + timedelta(days=3)
    row = a_row().claimed("claim", NOW).doubtful("answer lost", NOW).resent(later)
    assert row.is_due(later)
    assert row.drop_after == later + RESENT_FOR
    with pytest.raises(LateChange):
        a_row().resent(later)


@pytest.mark.parametrize("channel", Channel)
def test_row_is_of_one_event_user_and_channel(channel: Channel) -> None:
    row = a_row(channel)
    assert (row.channel, row.outbox_id) == (channel, f"event-1#ada#{channel}")
    assert len(CONTENTS) == len(Channel)


@pytest.mark.parametrize("event_id", ["", "e" * 129])
def test_event_has_an_id_of_limited_length(event_id: str) -> None:
    with pytest.raises(ValueError, match="1 to 128"):
        a_row(event_id=event_id)


class TestCancelling:
    @pytest.mark.parametrize("state", sorted(WAITING))
    def test_what_waits_is_not_sent(self, state: SendState) -> None:
        row = a_row(state=state)
        outbox = FakeOutbox(row)
        assert cancel(outbox, row.outbox_id, "read")
        assert cancel(outbox, row.outbox_id, "read")
        assert outbox.by_id[row.outbox_id].state is SendState.CANCELLED

    @pytest.mark.parametrize("state", [SendState.SENDING, SendState.SENT, SendState.UNKNOWN])
    def test_what_may_have_been_sent_stays_as_it_is(self, state: SendState) -> None:
        row = a_row(state=state)
        outbox = FakeOutbox(row)
        assert not cancel(outbox, row.outbox_id, "read")
        assert outbox.by_id[row.outbox_id] == row

    def test_what_is_not_there_will_not_be_sent(self) -> None:
        assert cancel(FakeOutbox(), "event#ada#email", "read")


class TestChanging:
    def test_somebody_else_who_was_first_is_taken_into_account(self) -> None:
        row = a_row()
        outbox = FakeOutbox(row)
        seen: list[SendState] = []

        def fail(current: OutboxRow) -> OutboxRow:
            seen.append(current.state)
            if len(seen) == 1:
                outbox.save(current.claimed("claim", NOW))
            return current.failed("suppressed")

        after = changed(outbox, row.outbox_id, fail)
        assert after is not None
        assert (after.state, after.version) == (SendState.FAILED, 2)
        assert seen == [SendState.PENDING, SendState.SENDING]

    def test_others_who_do_not_stop_are_an_error(self) -> None:
        row = a_row()
        outbox = FakeOutbox(row)

        def touch(current: OutboxRow) -> OutboxRow:
            outbox.save(replace(current, due_at=NOW))
            return replace(current, due_at=NOW)

        with pytest.raises(VersionConflict):
            changed(outbox, row.outbox_id, touch)

    def test_nothing_to_change_writes_nothing(self) -> None:
        row = a_row()
        outbox = FakeOutbox(row)
        assert changed(outbox, row.outbox_id, lambda _: None) is None
        assert changed(outbox, row.outbox_id, lambda current: current) is row
        assert changed(outbox, "no#such#row", lambda current: current) is None
        assert outbox.by_id[row.outbox_id].version == 0
