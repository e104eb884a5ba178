"""What an event leaves behind: the notification, the decisions, what is to be sent."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from communications.notifications.domain.deciding import Decision, Outcome, Reason
from communications.notifications.domain.notification import notification_id_of
from communications.notifications.domain.notifications import NOTIFICATION
from communications.notifications.domain.notifying import MAY_STILL_REGISTER
from communications.notifications.domain.types import TYPES, Channel
from communications.sending.domain.outbox import Mail, Push, SendState
from communications.users.domain.users import Channels, Settings
from shared.errors import Unavailable
from tests.communications.notifications.world import ANA, EVERYTHING, MORNING, NIGHT, NOON, World, news


def test_notification_with_all_that_belongs_to_it(world: World) -> None:
    assert world.notify("donation-received", NOON) == "notified"
    notification = world.notification()
    assert notification.title == "Thank you for your gift"
    assert (notification.event, notification.event_id) == ("Event", "event")
    assert world.inbox.head("ana").unread.notifications == 1
    (entry,) = world.entries
    assert entry.kind == "notification"
    assert entry.data["notification"]["notificationId"] == notification.notification_id
    assert [record.decision.channel for record in world.decisions.of(notification.notification_id)] == list(Channel)
    mail = world.outbox.by_id["event#ana#email"]
    assert isinstance(mail.content, Mail)
    assert mail.content.text.startswith("Hello Ana,")
    assert (mail.state, mail.category, mail.due_at) == (SendState.PENDING, "donations", NOON)
    push = world.outbox.by_id["event#ana#push"].content
    assert isinstance(push, Push)
    assert push.data == {"notificationId": notification.notification_id}


@pytest.mark.parametrize("type_", TYPES)
def test_every_type(world: World, type_: str) -> None:
    world.reach.consented = frozenset({"marketing"})
    assert world.notify(type_, NOON) == "notified"
    going = {channel for channel in TYPES[type_].channels if channel.value in ("email", "sms", "push")}
    assert {row.channel.value for row in world.outbox.by_id.values()} == {channel.value for channel in going}


def test_repeated_event_changes_nothing(world: World) -> None:
    world.notify("order-paid", NOON)
    before = dict(world.outbox.by_id), dict(world.decisions.by_id), list(world.entries)
    assert world.notify("order-paid", NIGHT, occurred_at=NOON) == "notified already"
    assert (world.outbox.by_id, world.decisions.by_id, world.entries) == before


def test_in_quiet_hours_it_is_held_and_says_until_when(world: World) -> None:
    world.notify("donation-received", NIGHT)
    for channel in (Channel.EMAIL, Channel.PUSH):
        assert world.record(channel).decision == Decision(channel, Outcome.HELD, Reason.QUIET_HOURS, MORNING)
        (row,) = world.rows(channel)
        assert (row.state, row.due_at, row.reason) == (SendState.HELD, MORNING, "quiet-hours")
        assert world.record(channel).outbox_id == row.outbox_id


def test_receipts_are_not_held(world: World) -> None:
    world.notify("order-refunded", NIGHT)
    assert {row.state for row in world.outbox.by_id.values()} == {SendState.PENDING}
    assert {row.category for row in world.outbox.by_id.values()} == {None}


def test_cap_counts_what_was_sent_in_a_week_and_once_for_all_channels(world: World) -> None:
    world.reach.consented = frozenset({"marketing"})
    for number in range(3):
        world.notify("donation-received", NOON + timedelta(days=number), f"event-{number}")
    assert len(world.caps.by_user["ana"]) == 3
    world.notify("news", NOON + timedelta(days=3), "event-3")
    assert world.record(Channel.EMAIL, "event-3").decision.reason is Reason.WEEKLY_CAP
    assert world.record(Channel.IN_APP, "event-3").decision.outcome is Outcome.SENT
    world.notify("news", NOON + timedelta(days=7), "event-4")
    assert world.record(Channel.EMAIL, "event-4").decision.outcome is Outcome.SENT
    assert len(world.caps.by_user["ana"]) == 3


def test_user_who_is_not_registered_yet(world: World) -> None:
    with pytest.raises(Unavailable):
        world.notifying.notify(news("order-paid", "event", NOON, "somebody"), lambda _: False, NOON)


def test_user_who_was_erased(world: World) -> None:
    of_somebody = news("order-paid", "event", NOON, "somebody")
    assert world.notifying.notify(of_somebody, {"somebody"}.__contains__, NOON) == "was erased"
    assert not world.notifications.by_id


def test_user_who_is_gone(world: World) -> None:
    of_somebody, late = news("order-paid", "event", NOON, "somebody"), NOON + MAY_STILL_REGISTER
    assert world.notifying.notify(of_somebody, lambda _: False, late) == "no such user"
    assert not world.notifications.by_id


def test_language_of_the_user(world: World) -> None:
    world.set(Settings(EVERYTHING, language="de-AT"))
    world.notify("donation-received", NOON)
    assert world.notification().title == "Danke für Ihre Spende"


def test_nothing_is_written_where_a_part_is_refused(world: World) -> None:
    world.notify("donation-received", NOON)
    world.notifications.by_id.clear()  # and the outbox has its rows
    with pytest.raises(Exception, match="event#ana#email"):
        world.notify("donation-received", NOON)
    assert not world.notifications.by_id
    assert len(world.entries) == 1


@given(st.text(min_size=1), st.text(min_size=1), st.integers(0, 10**9), st.integers(0, 10**9))
def test_id_is_made_of_event_and_user_and_sorts_by_time(event: str, user: str, first: int, second: int) -> None:
    one, other = (NOON + timedelta(milliseconds=each) for each in (first, second))
    assert notification_id_of(event, user, one) == notification_id_of(event, user, one)
    assert notification_id_of(event, user, one) != notification_id_of(event, f"{user}2", one)
    if first != second:
        assert (notification_id_of(event, user, one) < notification_id_of("other", user, other)) is (first < second)


def test_nobody_is_disturbed_who_does_not_want_it(world: World) -> None:
    world.users.by_id["ana"] = replace(ANA, settings=Settings(Channels(email=False)))
    world.notify("donation-received", NOON)
    assert not world.outbox.by_id
    assert world.record(Channel.EMAIL).outbox_id is None
    assert NOTIFICATION in {"notification"}
