"""What is published, at once and by the sweep."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from communications.sending.domain.outbox import LEASE, LOOKED_AFTER, Channel, OutboxRow, SendState
from communications.sending.domain.publishing import CHANNEL_IS_OFF, SETTLED_BY_EVENTS, Sweep, Swept, is_to_publish
from tests.communications.sending.examples import NOW, a_row
from tests.communications.sending.fakes import FakeOutbox

LATER = NOW + timedelta(minutes=1)


class Topic:
    def __init__(self, *refuses: str) -> None:
        self.refuses = refuses
        self.published: list[str] = []

    def publish(self, outbox_ids: Sequence[str]) -> Sequence[int]:
        self.published += [each for each in outbox_ids if each not in self.refuses]
        return [position for position, each in enumerate(outbox_ids) if each in self.refuses]


@pytest.mark.parametrize(
    ("old", "new", "is_published"),
    [
        (None, a_row(), True),
        (None, a_row(due_at=NOW + timedelta(seconds=2)), True),  # the writer's clock is ahead
        (None, a_row(due_at=LATER), False),
        (None, a_row(state=SendState.HELD), False),
        (a_row(state=SendState.HELD), a_row(), True),
        (a_row(state=SendState.UNKNOWN), a_row(), True),
        (a_row(state=SendState.SENDING), a_row(due_at=LATER), False),
        (a_row(), a_row(), False),  # the sweep has moved it
        (a_row(), a_row(state=SendState.SENDING), False),
        (a_row(), None, False),
    ],
)
def test_what_has_become_due_is_published(old: OutboxRow | None, new: OutboxRow | None, is_published: bool) -> None:
    assert is_to_publish(old, new, NOW) is is_published


def rows_of(number: int) -> list[OutboxRow]:
    return [a_row(user_id=f"user-{each}") for each in range(number)]


def test_everything_that_is_due_is_published_once() -> None:
    outbox, topic = FakeOutbox(*rows_of(250)), Topic()
    assert Sweep(outbox, topic).run(LATER).published == 250
    assert Sweep(outbox, topic).run(LATER + timedelta(minutes=1)).published == 0
    assert sorted(topic.published) == sorted(outbox.by_id)


def test_lost_message_is_published_again() -> None:
    outbox, topic = FakeOutbox(a_row()), Topic()
    for _ in range(2):
        Sweep(outbox, topic).run(LATER)
    Sweep(outbox, topic).run(LATER + LOOKED_AFTER)
    assert len(topic.published) == 2


def test_what_was_not_published_is_due_at_the_next_run() -> None:
    [first, second] = rows_of(2)
    outbox = FakeOutbox(first, second)
    assert Sweep(outbox, Topic(first.outbox_id)).run(LATER).published == 1
    assert outbox.due(SendState.PENDING, LATER, 10) == [first.outbox_id]


def test_out_of_time_the_rest_waits() -> None:
    outbox, topic = FakeOutbox(*rows_of(250)), Topic()
    time_left = iter([True, False])
    assert Sweep(outbox, topic).run(LATER, lambda: next(time_left)).published == 100


def test_row_of_a_channel_that_is_off_is_cancelled() -> None:
    mail, sms, held = a_row(), a_row(Channel.SMS), a_row(Channel.SMS, user_id="bob", state=SendState.HELD)
    outbox, topic = FakeOutbox(mail, sms, held), Topic()
    sweep = Sweep(outbox, topic, frozenset({Channel.EMAIL}))
    assert sweep.run(NOW) == Swept(published=1, cancelled=1, expired=0, doubtful=0, unknown=0)
    assert topic.published == [mail.outbox_id]
    after = outbox.by_id[sms.outbox_id]
    assert (after.state, after.reason) == (SendState.CANCELLED, CHANNEL_IS_OFF)
    assert outbox.by_id[held.outbox_id] == held  # whoever releases it decides
    assert sweep.run(LATER + LOOKED_AFTER).cancelled == 0


def test_claim_of_a_dead_sender_is_a_doubt() -> None:
    row = a_row().claimed("claim", NOW)
    outbox = FakeOutbox(row)
    sweep = Sweep(outbox, Topic())
    assert sweep.run(NOW + LEASE - timedelta(seconds=1)).doubtful == 0
    assert sweep.run(NOW + LEASE) == Swept(published=0, cancelled=0, expired=0, doubtful=1, unknown=0)
    assert outbox.by_id[row.outbox_id].state is SendState.UNKNOWN
    assert sweep.run(NOW + LEASE + SETTLED_BY_EVENTS).unknown == 1


def test_held_row_expires_but_is_never_released_by_the_sweep() -> None:
    held = a_row(state=SendState.HELD, due_at=LATER)
    outbox, topic = FakeOutbox(held), Topic()
    assert Sweep(outbox, topic).run(LATER).expired == 0
    assert Sweep(outbox, topic).run(held.drop_after).expired == 1
    assert (outbox.by_id[held.outbox_id].state, topic.published) == (SendState.EXPIRED, [])
