"""What was held comes out when the window opens: as one message, without what nobody needs any more."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from communications.notifications.domain.deciding import Decision, Outcome, Reason
from communications.notifications.domain.notification import Change
from communications.notifications.domain.releasing import MAX_IN_DIGEST, Released
from communications.notifications.domain.types import Channel
from communications.sending.domain.outbox import Mail, SendState
from communications.sending.domain.suppressions import Cause
from communications.users.domain.users import Channels, Digest, QuietHours, Settings
from shared.errors import Unavailable
from tests.communications.notifications.world import AT_NIGHT, EVERYTHING, MORNING, NIGHT, NOON, World
from tests.shared.persistence.fake_transactions import FakeTransaction

MAIL_ONLY = Settings(quiet_hours=AT_NIGHT)


@pytest.fixture
def world(world: World) -> World:
    world.set(MAIL_ONLY)
    return world


def release(world: World, now: datetime) -> Released:
    return world.releasing.release(now, lambda: True)


def outcome(world: World, event_id: str) -> tuple[Outcome, object]:
    decision = world.record(Channel.EMAIL, event_id).decision
    return decision.outcome, decision.reason


def test_nothing_comes_out_early(world: World) -> None:
    world.notify("donation-received", NIGHT)
    assert release(world, MORNING - timedelta(seconds=1)) == Released()
    (mail,) = world.rows(Channel.EMAIL)
    assert mail.state is SendState.HELD


def test_one_is_sent_as_it_is(world: World) -> None:
    world.notify("donation-received", NIGHT)
    assert release(world, MORNING) == Released(sent=1)
    (mail,) = world.rows(Channel.EMAIL)
    assert (mail.state, mail.due_at) == (SendState.PENDING, MORNING)
    record = world.record(Channel.EMAIL)
    assert record.decision == Decision(Channel.EMAIL, Outcome.SENT, Reason.RELEASED)
    assert (record.at, record.outbox_id) == (MORNING, mail.outbox_id)


def test_several_come_out_as_one_for_each_channel(world: World) -> None:
    world.set(Settings(EVERYTHING, AT_NIGHT))
    world.notify("donation-received", NIGHT, "first")
    world.notify("ticket-answered", NIGHT + timedelta(minutes=1), "second")
    assert release(world, MORNING) == Released(sent=4, digests=2)
    for channel in (Channel.EMAIL, Channel.PUSH):
        pending = [row for row in world.rows(channel) if row.state is SendState.PENDING]
        assert [row.category for row in pending] == ["digest"]
        assert len([row for row in world.rows(channel) if row.state is SendState.CANCELLED]) == 2
        assert world.record(channel, "first").outbox_id == pending[0].outbox_id
    assert outcome(world, "second") == (Outcome.SENT, Reason.IN_DIGEST)
    (mail,) = [row.content for row in world.rows(Channel.EMAIL) if row.state is SendState.PENDING]
    assert isinstance(mail, Mail)
    assert mail.text.index("Thank you for your gift") < mail.text.index("We have answered your question 1042")
    assert release(world, MORNING + timedelta(minutes=1)) == Released()


def test_what_was_read_is_not_mailed(world: World) -> None:
    for event_id in ("read", "archived", "seen"):
        world.notify("donation-received", NIGHT, event_id)
    for event_id, change in (
        ("read", Change(read=True)),
        ("archived", Change(archived=True)),
        ("seen", Change(seen=True)),
    ):
        world.changes.change("ana", world.notification(event_id).notification_id, change, NIGHT)
    assert release(world, MORNING) == Released(sent=1, dropped=2)
    assert outcome(world, "read") == outcome(world, "archived") == (Outcome.SKIPPED, Reason.READ)
    assert outcome(world, "seen") == (Outcome.SENT, Reason.RELEASED)
    assert world.outbox.by_id["read#ana#email"].state is SendState.CANCELLED


def test_mail_of_a_message_waits_ten_minutes_whether_it_is_read(world: World) -> None:
    world.notify("message-received", NOON)
    assert release(world, NOON + timedelta(minutes=9, seconds=59)) == Released()
    assert release(world, NOON + timedelta(minutes=10)) == Released(sent=1)


def test_expired_is_dropped(world: World) -> None:
    world.notify("stock-low", NIGHT)
    late = NIGHT + timedelta(days=2)  # the function did not run
    assert release(world, late.replace(hour=12)) == Released(sent=1)
    world.notify("stock-low", NIGHT, "late")
    assert release(world, NIGHT + timedelta(days=3)) == Released(dropped=1)
    assert outcome(world, "late") == (Outcome.SKIPPED, Reason.EXPIRED)
    assert world.outbox.by_id["late#ana#email"].state is SendState.EXPIRED


def test_who_has_changed_their_mind(world: World) -> None:
    world.notify("donation-received", NIGHT)
    world.set(Settings(Channels(email=False)))
    assert release(world, MORNING) == Released(dropped=1)
    assert outcome(world, "event") == (Outcome.SKIPPED, Reason.PREFERENCE)


def test_address_that_has_bounced_in_the_meantime(world: World) -> None:
    world.notify("donation-received", NIGHT)
    world.reach.blocked = {Channel.EMAIL: Cause.BOUNCED}
    assert release(world, MORNING) == Released(dropped=1)
    assert outcome(world, "event") == (Outcome.SUPPRESSED, Cause.BOUNCED)


def test_what_was_called_off_is_dropped(world: World) -> None:
    for event_id in ("off", "on"):
        world.notify("donation-received", NIGHT, event_id)
    world.reach.off = {"off"}
    assert release(world, MORNING) == Released(sent=1, dropped=1)
    assert outcome(world, "off") == (Outcome.SUPPRESSED, Cause.STOPPED)
    assert outcome(world, "on") == (Outcome.SENT, Reason.RELEASED)
    assert world.outbox.by_id["off#ana#email"].state is SendState.CANCELLED


def test_quiet_hours_that_have_become_longer_hold_on(world: World) -> None:
    world.notify("donation-received", NIGHT)
    world.set(Settings(quiet_hours=QuietHours(AT_NIGHT.start, AT_NIGHT.end.replace(hour=9), AT_NIGHT.zone)))
    until = MORNING + timedelta(hours=2)
    assert release(world, MORNING) == Released(held=1)
    assert world.record(Channel.EMAIL).decision == Decision(Channel.EMAIL, Outcome.HELD, Reason.QUIET_HOURS, until)
    assert release(world, until) == Released(sent=1)


def test_user_who_is_gone_gets_nothing(world: World) -> None:
    world.notify("donation-received", NIGHT)
    world.users.by_id.clear()
    assert release(world, MORNING) == Released(dropped=1)


def test_digest_of_the_week(world: World) -> None:
    world.set(Settings(digest=Digest.WEEKLY))
    world.notify("donation-received", NOON, "first")
    world.notify("donation-received", NOON + timedelta(days=2), "second")
    monday = datetime(2026, 6, 8, 7, tzinfo=UTC)
    assert release(world, monday - timedelta(minutes=1)) == Released()
    assert release(world, monday) == Released(sent=2, digests=1)


def test_failure_of_one_user_is_left_for_the_next_time(world: World) -> None:
    world.notify("donation-received", NIGHT)

    def fail() -> FakeTransaction:
        raise Unavailable("busy")

    world.begin = fail
    assert release(world, MORNING) == Released(failed=1)
    world.begin = FakeTransaction
    assert release(world, MORNING) == Released(sent=1)


def test_time_that_has_run_out(world: World) -> None:
    world.notify("donation-received", NIGHT)
    assert world.releasing.release(MORNING, lambda: False) == Released()


def test_more_than_fits_a_transaction(world: World) -> None:
    for number in range(MAX_IN_DIGEST + 5):
        world.notify("ticket-answered", NIGHT, f"event-{number}")
    assert release(world, MORNING) == Released(sent=MAX_IN_DIGEST + 5, digests=2)


@given(st.lists(st.tuples(st.integers(0, 60 * 24 * 3), st.booleans()), min_size=1, max_size=12))
def test_each_comes_out_once_and_never_at_night(events: list[tuple[int, bool]]) -> None:
    world = World()
    world.set(MAIL_ONLY)
    news, now = sorted((NOON + timedelta(minutes=minute), read) for minute, read in events), NOON
    expected = set()
    for number, (at, is_read) in enumerate(news):
        world.notify("ticket-answered", at, f"event-{number}")
        if is_read:
            world.changes.change("ana", world.notification(f"event-{number}").notification_id, Change(read=True), at)
        else:
            expected.add(f"event-{number}")
    sent: list[str] = []
    while now < NOON + timedelta(days=5):
        before = {row.outbox_id for row in world.rows(Channel.EMAIL) if row.state is SendState.PENDING}
        release(world, now)
        pending = {row.outbox_id for row in world.rows(Channel.EMAIL) if row.state is SendState.PENDING} - before
        assert len(pending) <= 1
        if pending:
            assert 7 <= (now + timedelta(hours=1)).hour < 22  # of London's summer
            records = [
                (each.event_id, world.record(Channel.EMAIL, each.event_id))
                for each in world.notifications.by_id.values()
            ]
            sent += [
                event_id
                for event_id, record in records
                if record.outbox_id in pending and record.decision.outcome is Outcome.SENT
            ]
        now += timedelta(minutes=7)
    assert sorted(sent) == sorted(expected)
