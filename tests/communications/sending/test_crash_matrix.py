"""Whatever crashes, repeats or comes late, at every call between decision and provider: none lost, none sent twice."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from communications.sending.domain.outbox import (
    LEASE,
    Channel,
    OutboxRow,
    SendState,
    cancel,
    changed,
)
from communications.sending.domain.publishing import Sweep
from communications.sending.domain.sending import Destination, NotAccepted, OutcomeUnknown, Result, Sender
from shared.errors import AlmonerError, Unavailable
from tests.communications.sending.examples import NOW, a_row
from tests.communications.sending.post import Post
from tests.shared.boundaries import Boundaries, Killed, Point

type Mishap = Callable[[Post, Point], None]


def _killed(*_: object) -> None:
    raise Killed


def _answer_lost(_: Post, point: Point) -> None:
    """As the adapters say it."""
    raise OutcomeUnknown if point.call == "provider.send" else Unavailable("Nobody can say what was done.")


def _delivered_again(post: Post, _: Point) -> None:
    """Another sender has the same message."""
    for row in list(post.outbox.by_id.values()):
        with suppress(AlmonerError):
            post.senders[row.channel].send(row.outbox_id)


def _late(post: Post, _: Point) -> None:
    """The sender stops for so long that its claim runs out, and the sweep finds it."""
    post.clock.now += LEASE + timedelta(seconds=1)
    post.sweep.run(post.clock.now)


def _throttled(_: Post, point: Point) -> None:
    if point.call == "provider.send" and point.phase == "before":
        raise NotAccepted("throttled")


def _cancelled(post: Post, _: Point) -> None:
    """Its recipient has read it."""
    for outbox_id in list(post.outbox.by_id):
        cancel(post.outbox, outbox_id, "read")


MISHAPS: Mapping[str, Mishap] = {
    "killed": _killed,
    "answer lost": _answer_lost,
    "delivered again": _delivered_again,
    "late": _late,
    "throttled": _throttled,
    "cancelled": _cancelled,
}
ROWS: Mapping[str, Sequence[OutboxRow]] = {
    "at once": [a_row(channel) for channel in Channel],
    "later": [a_row(channel, due_at=NOW + timedelta(minutes=3)) for channel in Channel],
    "same channel": [a_row(Channel.EMAIL, event_id=f"event-{number}") for number in range(2)],
}
each_scenario = pytest.mark.parametrize("rows", ROWS.values(), ids=ROWS)
each_delivery = pytest.mark.parametrize("twice", [False, True], ids=["once", "twice"])


def played(rows: Sequence[OutboxRow], boundaries: Boundaries, mishap: Mishap | None = None, *, twice: bool) -> Post:
    post = Post(boundaries, twice=twice)
    if mishap:
        boundaries.happens = lambda point: mishap(post, point)
    post.decide(*rows)
    post.run()
    return post


def points_of(rows: Sequence[OutboxRow], *, twice: bool) -> list[Point]:
    boundaries = Boundaries()
    played(rows, boundaries, twice=twice)
    return boundaries.points


@each_scenario
@each_delivery
def test_everything_is_sent_once(rows: Sequence[OutboxRow], twice: bool) -> None:
    post = played(rows, Boundaries(), twice=twice)

    assert {row.state for row in post.outbox.by_id.values()} == {SendState.SENT}
    post.require_sound()


@each_scenario
@each_delivery
@pytest.mark.parametrize("mishap", MISHAPS)
def test_every_point_can_be_disturbed(rows: Sequence[OutboxRow], twice: bool, mishap: str) -> None:
    points = points_of(rows, twice=twice)
    calls = {point.call for point in points}
    assert calls >= {
        "outbox.find", "outbox.save", "outbox.due", "queues.publish", "queues.receive", "queues.delete",
        "destinations.of_user", "suppressions.find", "provider.send",
    }  # fmt: skip
    for point in points:
        boundaries = Boundaries(at=(point.number, point.phase))
        post = played(rows, boundaries, MISHAPS[mishap], twice=twice)
        assert boundaries.happened
        try:
            post.require_sound(may_be_cancelled=mishap == "cancelled")
        except AssertionError as error:
            raise AssertionError(f"{mishap} {point.phase} {point.call} ({point.number})") from error


@each_scenario
def test_doubt_is_left_only_by_what_happens_between_claim_and_result(rows: Sequence[OutboxRow]) -> None:
    for point in points_of(rows, twice=False):
        post = played(rows, Boundaries(at=(point.number, point.phase)), _killed, twice=False)
        unknown = [row for row in post.outbox.by_id.values() if row.state is SendState.UNKNOWN]
        if unknown:
            assert point.call in {"outbox.save", "outbox.find", "provider.send"}
            assert len(unknown) == 1


def _takes_the_dead_for_failed(sweep: Sweep, *arguments: Any) -> int:
    _, now, _ = arguments
    for outbox_id in sweep.outbox.due(SendState.SENDING, now, 100):
        changed(sweep.outbox, outbox_id, lambda row: row.postponed("lease over", now))
    return 0


def _takes_a_lost_answer_for_a_refusal(sender: Sender, row: OutboxRow, destinations: Sequence[Destination]) -> Result:
    try:
        return Result({each.id: sender.provider.send(each, row) for each in destinations})
    except OutcomeUnknown:
        return Result(not_accepted=["answer lost"])


def _claims_in_memory(_: Sender, row: OutboxRow) -> OutboxRow:
    return row.claimed("claim", NOW)


@pytest.mark.parametrize(
    ("owner", "method", "without"),
    [
        (Sweep, "_publish", lambda *_: 0),
        (Sweep, "_each", _takes_the_dead_for_failed),
        (Sender, "_called", _takes_a_lost_answer_for_a_refusal),
        (Sender, "_claimed", _claims_in_memory),
    ],
    ids=["publishing what is due", "doubt of a dead sender", "doubt of a lost answer", "the claim"],
)
def test_matrix_notices_what_is_left_out(
    monkeypatch: pytest.MonkeyPatch, owner: type, method: str, without: Callable[..., object]
) -> None:
    monkeypatch.setattr(owner, method, without)

    assert any(_is_unsound(rows, mishap) for rows in ROWS.values() for mishap in MISHAPS.values())


def _is_unsound(rows: Sequence[OutboxRow], mishap: Mishap) -> bool:
    try:
        for point in points_of(rows, twice=False):
            played(rows, Boundaries(at=(point.number, point.phase)), mishap, twice=False).require_sound()
    except Exception:  # noqa: BLE001  however it shows
        return True
    return False
