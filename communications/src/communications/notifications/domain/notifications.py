"""What is kept of notifications, and reading and changing them."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import batched
from typing import Literal, Protocol

from communications.inbox.domain.inbox import Entry, Head, Inbox, Kind, Work
from communications.notifications.domain.deciding import Decision
from communications.notifications.domain.notification import Change, Notification, State
from shared.errors import NotFound
from shared.persistence.unit_of_work import UnitOfWork

NOTIFICATION = "notification"
"""The name of the write of a new notification, which is refused where there is one already."""
MAX_AT_ONCE = 80
"""Notifications that are changed in one transaction, which takes 100 writes."""
MAX_MARKED = 10 * MAX_AT_ONCE


@dataclass(frozen=True, slots=True)
class Page:
    """`after` is the position of the last one, if others may follow."""

    items: tuple[Notification, ...]
    after: str | None


@dataclass(frozen=True, slots=True)
class Record:
    """A decision and when it was made. `outbox_id` is the row that sends it, or would have."""

    decision: Decision
    at: datetime
    outbox_id: str | None = None


class Notifications(Protocol):
    """Every method raises Unavailable."""

    def find(self, user_id: str, notification_id: str) -> Notification | None: ...

    def find_many(self, user_id: str, notification_ids: Sequence[str]) -> Sequence[Notification]:
        """Those that there are."""
        ...

    def listed(self, user_id: str, state: State, now: datetime, after: str | None, limit: int) -> Page:
        """The newest first."""
        ...

    def unread(self, user_id: str, up_to: str | None, limit: int, *, unseen: bool) -> Sequence[str]:
        """The ids of those that count as unread, or of these the unseen ones, as of a moment ago, the newest first."""
        ...

    def woken(self, now: datetime, limit: int) -> Sequence[tuple[str, str]]:
        """User and id of those whose snooze is over."""
        ...

    def add(self, notification: Notification, unit_of_work: UnitOfWork) -> None:
        """The unit of work is refused, naming NOTIFICATION, where it is there already."""
        ...

    def save(self, notification: Notification, unit_of_work: UnitOfWork) -> None:
        """The states of one that is there."""
        ...


class Decisions(Protocol):
    """Every method raises Unavailable."""

    def of(self, notification_id: str) -> Sequence[Record]:
        """In the order of the channels."""
        ...

    def put(self, notification_id: str, record: Record, unit_of_work: UnitOfWork) -> None: ...


class _NothingToDo(Exception):
    """All is as it should be."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What users do about their notifications. Everything here raises Unavailable."""

    notifications: Notifications
    inbox: Inbox

    def change(self, user_id: str, notification_id: str, change: Change, now: datetime) -> Notification:
        """Raises NotFound; Invalid."""
        after: Notification | None = None

        def work(_: int, unit_of_work: UnitOfWork) -> Sequence[Entry]:
            nonlocal after
            before = self.notifications.find(user_id, notification_id)
            if before is None:
                raise NotFound("There is no such notification.")
            after = change.of(before, now)
            return self._saved([(before, after)], unit_of_work)

        self._write(user_id, work, now)
        assert after is not None  # noqa: S101  it was found
        return after

    def mark(self, user_id: str, as_: Literal["seen", "read"], up_to: str | None, now: datetime) -> Head:
        """The newest MAX_MARKED that are not yet, up to this one, are seen or read; the unread counts then."""
        change = Change(seen=True, read=True if as_ == "read" else None)
        self._mark(user_id, self.notifications.unread(user_id, up_to, MAX_MARKED, unseen=as_ == "seen"), change, now)
        return self.inbox.head(user_id)

    def read_elsewhere(self, user_id: str, subject: str, up_to: int, now: datetime) -> int:
        """What was read where it stands needs no notification any more; how many there were."""
        unread = self.notifications.unread(user_id, None, MAX_MARKED, unseen=False)
        about = [
            each.notification_id
            for each in self.notifications.find_many(user_id, unread)
            if each.subject == subject and each.position <= up_to
        ]
        self._mark(user_id, about, Change(read=True), now)
        return len(about)

    def wake(self, now: datetime, limit: int) -> int:
        """Bring back those whose snooze is over; how many there were."""
        over = self.notifications.woken(now, limit)
        for user_id, notification_id in over:
            self._wake(user_id, notification_id, now)
        return len(over)

    def _mark(self, user_id: str, ids: Sequence[str], change: Change, now: datetime) -> None:
        for batch in batched(ids, MAX_AT_ONCE, strict=False):
            self._mark_at_once(user_id, batch, change, now)

    def _mark_at_once(self, user_id: str, ids: Sequence[str], change: Change, now: datetime) -> None:
        def work(_: int, unit_of_work: UnitOfWork) -> Sequence[Entry]:
            found = self.notifications.find_many(user_id, ids)
            return self._saved([(before, change.of(before, now)) for before in found], unit_of_work)

        self._write(user_id, work, now)

    def _wake(self, user_id: str, notification_id: str, now: datetime) -> None:
        def work(_: int, unit_of_work: UnitOfWork) -> Sequence[Entry]:
            before = self.notifications.find(user_id, notification_id)
            if before is None or before.snoozed_until is None or before.snoozed_until > now:
                raise _NothingToDo
            after = before.woken()
            self.notifications.save(after, unit_of_work)
            data = {"notification": after.as_json()}
            return [Entry(Kind.NOTIFICATION, data, notifications=_difference(before, after))]

        self._write(user_id, work, now)

    def _saved(self, changes: Sequence[tuple[Notification, Notification]], unit_of_work: UnitOfWork) -> Sequence[Entry]:
        changes = [(before, after) for before, after in changes if before != after]
        if not changes:
            raise _NothingToDo
        for each in changes:
            self.notifications.save(each[1], unit_of_work)
        data = {"notifications": [after.states() for _, after in changes]}
        return [Entry(Kind.UNREAD, data, notifications=sum(_difference(before, after) for before, after in changes))]

    def _write(self, user_id: str, work: Work, now: datetime) -> None:
        with suppress(_NothingToDo):
            self.inbox.write(user_id, work, now)


def _difference(before: Notification, after: Notification) -> int:
    return int(after.is_counted) - int(before.is_counted)
