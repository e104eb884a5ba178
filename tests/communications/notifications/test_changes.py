"""What users do about their notifications, and the counts that follow."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from communications.notifications.domain.notification import MAX_SNOOZE, Change, State
from communications.notifications.domain.notifications import MAX_AT_ONCE
from shared.errors import Invalid, NotFound
from tests.communications.notifications.world import NOON, World, news

LATER = NOON + timedelta(hours=1)


@pytest.fixture
def world(world: World) -> World:
    world.notify("stock-low", NOON)
    return world


def change(world: World, wanted: Change) -> None:
    world.changes.change("ana", world.notification().notification_id, wanted, NOON)


def counted(world: World) -> int:
    return world.inbox.head("ana").unread.notifications


def listed(world: World, state: State) -> list[str]:
    return [each.event_id for each in world.notifications.listed("ana", state, NOON, None, 20).items]


def test_seen_is_not_read(world: World) -> None:
    change(world, Change(seen=True))
    assert (world.notification().seen_at, world.notification().read) == (NOON, False)
    assert counted(world) == 1
    assert listed(world, State.UNREAD) == ["event"]


def test_what_is_read_has_been_seen_and_stays_in_the_list(world: World) -> None:
    change(world, Change(read=True))
    assert (world.notification().seen_at, world.notification().read) == (NOON, True)
    assert counted(world) == 0
    assert listed(world, State.UNREAD) == []
    assert listed(world, State.CURRENT) == listed(world, State.READ) == ["event"]
    change(world, Change(read=False))
    assert counted(world) == 1


def test_what_is_archived_is_not_read(world: World) -> None:
    change(world, Change(archived=True))
    assert (world.notification().archived_at, world.notification().read) == (NOON, False)
    assert counted(world) == 0
    assert (listed(world, State.CURRENT), listed(world, State.ARCHIVED)) == ([], ["event"])
    change(world, Change(archived=False))
    assert counted(world) == 1


def test_snoozed_comes_back_as_new(world: World) -> None:
    change(world, Change(snoozed_until=LATER))
    assert counted(world) == 0
    assert (listed(world, State.CURRENT), listed(world, State.SNOOZED)) == ([], ["event"])
    assert world.changes.wake(NOON, 10) == 0
    assert world.changes.wake(LATER, 10) == 1
    assert world.changes.wake(LATER, 10) == 0
    assert counted(world) == 1
    assert listed(world, State.UNREAD) == ["event"]
    assert [entry.kind for entry in world.entries] == ["notification", "unread", "notification"]


def test_snooze_is_ended(world: World) -> None:
    change(world, Change(snoozed_until=LATER))
    change(world, Change(wakes=True))
    assert world.notification().snoozed_until is None
    assert counted(world) == 1


@pytest.mark.parametrize("until", [NOON, NOON - timedelta(seconds=1), NOON + MAX_SNOOZE + timedelta(seconds=1)])
def test_snooze_lies_ahead_and_not_too_far(world: World, until: object) -> None:
    with pytest.raises(Invalid):
        change(world, Change(snoozed_until=until))  # type: ignore[arg-type]


def test_what_is_not_there_or_not_theirs(world: World) -> None:
    for user_id, notification_id in (("ana", "0"), ("bob", world.notification().notification_id)):
        with pytest.raises(NotFound):
            world.changes.change(user_id, notification_id, Change(read=True), NOON)


def test_all_at_once(world: World) -> None:
    for number in range(MAX_AT_ONCE + 20):
        world.notify("stock-low", NOON, f"event-{number}")
    head = world.changes.mark("ana", "seen", None, NOON)
    assert head.unread.notifications == MAX_AT_ONCE + 21
    assert all(each.seen_at for each in world.notifications.by_id.values())
    assert world.changes.mark("ana", "read", None, NOON).unread.notifications == 0
    entries = len(world.entries)
    assert world.changes.mark("ana", "read", None, NOON).last_seq == entries


def test_up_to_one(world: World) -> None:
    world.notify("stock-low", LATER, "later")
    head = world.changes.mark("ana", "read", world.notification().notification_id, LATER)
    assert head.unread.notifications == 1
    assert listed(world, State.UNREAD) == ["later"]


def test_what_was_read_where_it_stands(world: World) -> None:
    for number, subject in enumerate(("conversation:1", "conversation:2", "conversation:1", None)):
        at = NOON + timedelta(minutes=number)
        world.notifying.notify(
            replace(news("message-received", f"m-{number}", at), subject=subject, position=number), lambda _: False, at
        )
    assert world.changes.read_elsewhere("ana", "conversation:1", 1, LATER) == 1
    assert world.changes.read_elsewhere("ana", "conversation:1", 1, LATER) == 0
    assert listed(world, State.READ) == ["m-0"]
    assert world.changes.read_elsewhere("ana", "conversation:1", 2, LATER) == 1
    assert counted(world) == 3
    released = world.releasing.release(LATER + timedelta(minutes=10), lambda: True)
    assert (released.dropped, released.sent) == (2, 3)


ACTIONS = st.lists(
    st.sampled_from(
        [
            *(Change(seen=True), Change(read=True), Change(read=False), Change(archived=True), Change(archived=False)),
            *(Change(snoozed_until=LATER), Change(wakes=True), "wake", "mark seen", "mark read", "new"),
        ]
    ),
    max_size=30,
)


@given(ACTIONS)
def test_count_is_that_of_the_notifications(actions: list[Change | str]) -> None:
    world = World()
    world.notify("stock-low", NOON)
    for number, action in enumerate(actions):
        match action:
            case Change():
                change(world, action)
            case "wake":
                world.changes.wake(LATER, 10)
            case "new":
                world.notify("stock-low", NOON, f"event-{number}")
            case "mark seen" | "mark read":
                world.changes.mark("ana", "seen" if action == "mark seen" else "read", None, NOON)
        counts = [each.is_counted for each in world.notifications.by_id.values()]
        assert counted(world) == sum(counts)
