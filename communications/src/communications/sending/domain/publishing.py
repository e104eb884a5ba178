"""Brings rows that are due to the senders of their channels: at once, and by a sweep what nobody looks after."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from communications.sending.domain.outbox import Channel, Outbox, OutboxRow, SendState, changed, channel_of

CHANNEL_IS_OFF = "channel-is-off"
_AT_ONCE = 100
_CLOCKS_DIFFER = timedelta(seconds=5)
SETTLED_BY_EVENTS = timedelta(minutes=15)
"""Within that time the mail provider's events say what has become of most unknown mails."""


class Publisher(Protocol):
    def publish(self, outbox_ids: Sequence[str]) -> Sequence[int]:
        """The positions of those that could not be published. Raises Unavailable."""
        ...


def is_to_publish(old: OutboxRow | None, new: OutboxRow | None, now: datetime) -> bool:
    """Whether a change of a row has made it due."""
    if new is None or not new.is_due(now + _CLOCKS_DIFFER):
        return False
    return old is None or old.state is not SendState.PENDING


@dataclass(frozen=True, slots=True)
class Swept:
    """`cancelled` are rows of channels that are off, `doubtful` claims of senders that have died, `unknown` all that
    people have to settle."""

    published: int
    cancelled: int
    expired: int
    doubtful: int
    unknown: int


@dataclass(frozen=True, slots=True)
class Sweep:
    """What has become due, messages that were lost, and claims of senders that have died.

    `channels` are those that the charity has: nobody would take a message of another one from the topic.
    """

    outbox: Outbox
    publisher: Publisher
    channels: frozenset[Channel] = frozenset(Channel)

    def run(self, now: datetime, has_time: Callable[[], bool] = lambda: True) -> Swept:
        """Raises Unavailable: the next run goes on."""
        doubtful = self._each(SendState.SENDING, now, lambda row: row.doubtful("sender died", now))
        expired = self._each(SendState.HELD, now, lambda row: row.expired() if row.has_expired(now) else None)
        published, cancelled = self._publish(now, has_time)
        unknown = self.outbox.due(SendState.UNKNOWN, now - SETTLED_BY_EVENTS, _AT_ONCE)
        return Swept(published, cancelled, expired, doubtful, len(unknown))

    def _publish(self, now: datetime, has_time: Callable[[], bool]) -> tuple[int, int]:
        """As long as there are any: at nine in the morning, everybody's digest may be due. What is of a channel that is
        off is cancelled; how many of each there were."""
        seen, published, cancelled = set[str](), 0, 0
        while has_time():
            due = [each for each in self.outbox.due(SendState.PENDING, now, _AT_ONCE) if each not in seen]
            if not due:
                break
            seen.update(due)
            wanted = [each for each in due if channel_of(each) in self.channels]
            cancelled += sum(self._cancel(each) for each in due if channel_of(each) not in self.channels)
            failed = set(self.publisher.publish(wanted)) if wanted else set[int]()
            done = [outbox_id for position, outbox_id in enumerate(wanted) if position not in failed]
            self.outbox.note_published(done, now)
            published += len(done)
        return published, cancelled

    def _cancel(self, outbox_id: str) -> bool:
        def cancel(row: OutboxRow) -> OutboxRow | None:
            return row.cancelled(CHANNEL_IS_OFF) if row.state is SendState.PENDING else None

        return changed(self.outbox, outbox_id, cancel) is not None

    def _each(self, state: SendState, now: datetime, change: Callable[[OutboxRow], OutboxRow | None]) -> int:
        def change_due(row: OutboxRow) -> OutboxRow | None:
            return change(row) if row.state is state and row.due_at <= now else None

        due = self.outbox.due(state, now, _AT_ONCE)
        return sum(changed(self.outbox, outbox_id, change_due) is not None for outbox_id in due)
