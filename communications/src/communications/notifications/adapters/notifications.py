"""Notifications, what was decided about them, and what counts towards the weekly cap, in DynamoDB."""

from collections.abc import Sequence
from datetime import datetime

from communications.notifications.adapters.records import (
    SNOOZED,
    ByUser,
    CapRecord,
    DecisionRecord,
    NotificationRecord,
    Snoozed,
    Unread,
)
from communications.notifications.domain.deciding import WEEK
from communications.notifications.domain.notification import Notification, State
from communications.notifications.domain.notifications import NOTIFICATION, Page, Record
from communications.notifications.domain.types import Channel
from shared.dynamodb.records import select
from shared.dynamodb.transactions import Transaction
from shared.json.encoding import moment, rfc3339
from shared.persistence.unit_of_work import UnitOfWork

_HIGHEST = "g"  # follows every digit of an id


class DynamoNotifications:
    """The Notifications table."""

    def __init__(self, notifications_table: str) -> None:
        self._notifications = NotificationRecord.at(notifications_table)

    def find(self, user_id: str, notification_id: str) -> Notification | None:
        """One consistent GetItem."""
        record = self._notifications.find(notification_id, user_id)
        return record.to_notification() if record else None

    def find_many(self, user_id: str, notification_ids: Sequence[str]) -> Sequence[Notification]:
        """One consistent BatchGetItem for each hundred."""
        records = self._notifications.find_many([(each, user_id) for each in notification_ids])
        return [record.to_notification() for record in records]

    def listed(self, user_id: str, state: State, now: datetime, after: str | None, limit: int) -> Page:
        """Unread ones: a Query of the sparse index and a BatchGetItem. Others: a Query, and further ones of the same
        size while fewer than `limit` are in that state, up to all that the user has."""
        found: list[Notification] = []
        while len(found) <= limit:
            read = self._before(user_id, state, after or _HIGHEST, limit + 1)
            found += [each for each in read if each.is_in(state, now)]
            if len(read) <= limit:
                break
            after = read[-1].notification_id
        return Page(tuple(found[:limit]), found[limit - 1].notification_id if len(found) > limit else None)

    def unread(self, user_id: str, up_to: str | None, limit: int, *, unseen: bool) -> Sequence[str]:
        """A Query of the sparse index."""
        wanted = Unread.seen_at.does_not_exist() if unseen else None
        key = Unread.notification_id <= (up_to or _HIGHEST)
        found = select(self._notifications.unread, user_id, key, newest_first=True, limit=limit, where=wanted)
        return [record.notification_id for record in found]

    def woken(self, now: datetime, limit: int) -> Sequence[tuple[str, str]]:
        """A Query of the sparse index."""
        found = select(self._notifications.by_snooze, SNOOZED, Snoozed.snoozed_until <= now, limit=limit)
        return [(record.user_id, record.notification_id) for record in found]

    def add(self, notification: Notification, unit_of_work: UnitOfWork) -> None:
        """A put of a transaction."""
        is_new = NotificationRecord.notification_id.does_not_exist()
        Transaction.of(unit_of_work).save(NOTIFICATION, self._notifications.of(notification), is_new)

    def save(self, notification: Notification, unit_of_work: UnitOfWork) -> None:
        """An update of a transaction, which brings back none that has gone."""
        record = self._notifications(notification.notification_id, notification.user_id)
        is_there = NotificationRecord.notification_id.exists()
        actions = NotificationRecord.states_of(notification)
        Transaction.of(unit_of_work).change(f"states:{notification.notification_id}", record, actions, is_there)

    def _before(self, user_id: str, state: State, position: str, limit: int) -> Sequence[Notification]:
        if state is State.UNREAD:
            key = Unread.notification_id < position
            unread = select(self._notifications.unread, user_id, key, newest_first=True, limit=limit)
            return self.find_many(user_id, [record.notification_id for record in unread])
        key = ByUser.notification_id < position
        records = select(self._notifications.by_user, user_id, key, newest_first=True, limit=limit)
        return [record.to_notification() for record in records]


class DynamoDecisions:
    """The Decisions table."""

    def __init__(self, decisions_table: str) -> None:
        self._decisions = DecisionRecord.at(decisions_table)

    def of(self, notification_id: str) -> Sequence[Record]:
        """One consistent Query."""
        records = [record.to_record() for record in select(self._decisions, notification_id)]
        return sorted(records, key=lambda record: list(Channel).index(record.decision.channel))

    def put(self, notification_id: str, record: Record, unit_of_work: UnitOfWork) -> None:
        """A put of a transaction."""
        name = f"decision:{notification_id}:{record.decision.channel}"
        Transaction.of(unit_of_work).save(name, self._decisions.of(notification_id, record))


class DynamoCaps:
    """The WeeklyCaps table: an item for each user to whom anything was sent that counts."""

    def __init__(self, weekly_caps_table: str) -> None:
        self._caps = CapRecord.at(weekly_caps_table)

    def sent(self, user_id: str) -> tuple[datetime, ...]:
        """One consistent GetItem."""
        record = self._caps.find(user_id)
        return tuple(map(moment, record.sent)) if record else ()

    def put(self, user_id: str, sent: tuple[datetime, ...], unit_of_work: UnitOfWork) -> None:
        """A put of a transaction."""
        record = self._caps(user_id, sent=tuple(map(rfc3339, sent)), expires_at=max(sent) + WEEK)
        Transaction.of(unit_of_work).save("weekly cap", record)
