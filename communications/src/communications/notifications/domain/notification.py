"""Notifications: what somebody has heard of, and what they have done about it."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from shared.errors import FieldError, Invalid
from shared.ids import uuid7
from shared.json.encoding import rfc3339

KEPT = timedelta(days=180)
MAX_SNOOZE = timedelta(days=366)


class State(StrEnum):
    """Which of them a list has: `current` are those neither archived nor snoozed, and some of these are `unread`."""

    CURRENT = "current"
    UNREAD = "unread"
    READ = "read"
    ARCHIVED = "archived"
    SNOOZED = "snoozed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """Seen is what has been in a list on somebody's screen, read what they have opened, archived what they are done
    with. Each is said for itself; what is read or archived has been seen.

    `event` is the name of the event that it is about, `subject` what can be read elsewhere, such as `conversation:1`,
    and `position` where it stands there. `snoozed_until` stays until the notification has come back.
    """

    notification_id: str
    user_id: str
    type: str
    title: str
    content: str
    event: str
    event_id: str
    created_at: datetime
    subject: str | None = None
    position: int = 0
    read: bool = False
    seen_at: datetime | None = None
    archived_at: datetime | None = None
    snoozed_until: datetime | None = None

    @property
    def is_counted(self) -> bool:
        """Whether it is one of the unread ones of its user."""
        return not self.read and self.archived_at is None and self.snoozed_until is None

    @property
    def needs_no_mail(self) -> bool:
        return self.read or self.archived_at is not None

    def is_in(self, state: State, now: datetime) -> bool:
        if self.archived_at:
            return state is State.ARCHIVED
        if self.snoozed_until and self.snoozed_until > now:
            return state is State.SNOOZED
        return state is State.CURRENT or state is (State.READ if self.read else State.UNREAD)

    def woken(self) -> "Notification":
        return replace(self, snoozed_until=None)

    def as_json(self) -> dict[str, object]:
        """As sockets carry a new one."""
        return {
            "type": self.type,
            "title": self.title,
            "content": self.content,
            "createdAt": rfc3339(self.created_at),
            **self.states(),
        }

    def states(self) -> dict[str, object]:
        """As sockets carry a change."""
        moments = {"seenAt": self.seen_at, "archivedAt": self.archived_at, "snoozedUntil": self.snoozed_until}
        return {
            "notificationId": self.notification_id,
            "read": self.read,
            **{name: rfc3339(moment) if moment else None for name, moment in moments.items()},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """None leaves a state as it is. `wakes` ends a snooze."""

    seen: bool | None = None
    read: bool | None = None
    archived: bool | None = None
    snoozed_until: datetime | None = None
    wakes: bool = False

    def of(self, notification: Notification, now: datetime) -> Notification:
        """Archiving ends a snooze, and snoozing takes out of the archive. Raises Invalid."""
        changed = notification
        if self.seen or self.read or self.archived or self.snoozed_until:
            changed = replace(changed, seen_at=changed.seen_at or now)
        if self.read is not None:
            changed = replace(changed, read=self.read)
        if self.archived is not None:
            changed = replace(changed, archived_at=(changed.archived_at or now) if self.archived else None)
        if self.archived or self.wakes:
            changed = changed.woken()
        if self.snoozed_until:
            if not now < self.snoozed_until <= now + MAX_SNOOZE:
                message = f"must be later than now, by at most {MAX_SNOOZE.days} days"
                raise Invalid(f"snoozedUntil {message}.", [FieldError("snoozedUntil", message)])
            changed = replace(changed, snoozed_until=self.snoozed_until, archived_at=None)
        return changed


def notification_id_of(event_id: str, user_id: str, occurred_at: datetime) -> str:
    """The same for the same event and user; ids sort by when the event happened."""
    digest = hashlib.sha256(f"{event_id}#{user_id}".encode()).digest()
    return uuid7(occurred_at, int.from_bytes(digest) >> (8 * len(digest) - 74))
