"""Why each channel did or did not bring a notification, also after the decision."""

from dataclasses import replace
from datetime import timedelta

import pytest

from communications.notifications.domain.deciding import Outcome
from communications.notifications.domain.explaining import Explained, Explaining
from communications.notifications.domain.types import Channel
from communications.sending.domain.outbox import OutboxRow, SendState
from communications.users.domain.users import Settings
from shared.errors import NotFound
from tests.communications.notifications.world import AT_NIGHT, MORNING, NIGHT, NOON, World


@pytest.fixture
def world(world: World) -> World:
    world.set(Settings(quiet_hours=AT_NIGHT))
    return world


def explained(world: World, event_id: str = "event") -> dict[Channel, Explained]:
    explaining = Explaining(world.notifications, world.decisions, world.outbox)
    explanation = explaining.explain("ana", world.notification(event_id).notification_id)
    assert [each.channel for each in explanation.decisions] == list(Channel)
    return {each.channel: each for each in explanation.decisions}


def mail(world: World, event_id: str = "event") -> tuple[Outcome, str]:
    found = explained(world, event_id)[Channel.EMAIL]
    return found.outcome, found.reason


def becomes(world: World, **changes: object) -> None:
    row: OutboxRow = world.outbox.by_id["event#ana#email"]
    world.outbox.by_id[row.outbox_id] = replace(row, **changes)  # type: ignore[arg-type]


def test_held(world: World) -> None:
    world.notify("donation-received", NIGHT)
    found = explained(world)
    assert found[Channel.EMAIL] == Explained(Channel.EMAIL, Outcome.HELD, "quiet-hours", MORNING, NIGHT)
    assert found[Channel.IN_APP] == Explained(Channel.IN_APP, Outcome.SENT, "always", None, NIGHT)
    assert found[Channel.SMS].reason == "not-of-this-type"
    assert found[Channel.PUSH].reason == "preference"


def test_released_and_in_a_digest(world: World) -> None:
    for number in range(2):
        world.notify("donation-received", NIGHT, f"event-{number}")
    world.releasing.release(MORNING, lambda: True)
    assert mail(world, "event-0") == (Outcome.SENT, "in-digest")
    (digest,) = [row for row in world.rows(Channel.EMAIL) if row.event_id.startswith("digest-")]
    world.outbox.by_id[digest.outbox_id] = replace(digest, state=SendState.FAILED, reason="bounced")
    assert mail(world, "event-1") == (Outcome.FAILED, "bounced")


@pytest.mark.parametrize(
    ("state", "reason", "expected"),
    [
        (SendState.PENDING, None, (Outcome.SENT, "at-once")),
        (SendState.SENT, None, (Outcome.SENT, "at-once")),
        (SendState.FAILED, "bounced", (Outcome.FAILED, "bounced")),
        (SendState.UNKNOWN, "answer lost", (Outcome.FAILED, "answer lost")),
        (SendState.EXPIRED, None, (Outcome.SKIPPED, "expired")),
        (SendState.CANCELLED, "unsubscribed", (Outcome.SKIPPED, "unsubscribed")),
    ],
)
def test_what_came_of_it(world: World, state: SendState, reason: str | None, expected: tuple[Outcome, str]) -> None:
    world.notify("donation-received", NOON)
    becomes(world, state=state, reason=reason)
    assert mail(world) == expected


def test_row_that_is_kept_no_longer(world: World) -> None:
    world.notify("donation-received", NOON)
    world.outbox.by_id.clear()
    assert mail(world) == (Outcome.SENT, "at-once")


def test_not_theirs(world: World) -> None:
    world.notify("donation-received", NOON + timedelta(hours=1))
    explaining = Explaining(world.notifications, world.decisions, world.outbox)
    with pytest.raises(NotFound):
        explaining.explain("bob", world.notification().notification_id)
