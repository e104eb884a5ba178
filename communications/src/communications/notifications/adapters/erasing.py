"""Erases somebody's notifications, and what was decided on them."""

from datetime import datetime

from communications.notifications.adapters.records import CapRecord, DecisionRecord, NotificationRecord
from shared.dynamodb.records import select
from shared.erasure.removing import remove_all


class NotificationErasing:
    def __init__(self, notifications_table: str, decisions_table: str, weekly_caps_table: str) -> None:
        self._notifications = NotificationRecord.at(notifications_table)
        self._decisions, self._caps = DecisionRecord.at(decisions_table), CapRecord.at(weekly_caps_table)

    def erase(self, user_id: str, _: datetime) -> bool:
        """A query of the index; for each, one of its decisions, and deletes: itself goes last."""
        for notification in select(self._notifications.by_user, user_id):
            keys = [DecisionRecord.notification_id, DecisionRecord.channel]
            remove_all(self._decisions, notification.notification_id, keys)
            notification.remove()
        self._caps(user_id).remove()
        return True
