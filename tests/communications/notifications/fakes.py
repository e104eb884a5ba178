"""Everything that notifications need, in memory."""

from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime

from communications.notifications.domain.notification import Notification, State
from communications.notifications.domain.notifications import NOTIFICATION, Page, Record
from communications.notifications.domain.types import Channel
from communications.sending.domain.suppressions import Cause
from shared.persistence.unit_of_work import UnitOfWork
from tests.shared.persistence.fake_transactions import step


@dataclass
class FakeReach:
    """`off` are the events that were called off."""

    blocked: dict[Channel, Cause] = field(default_factory=dict)
    devices: set[str] = field(default_factory=set)
    consented: frozenset[str] = frozenset()
    off: set[str] = field(default_factory=set)
    confirmations: list[tuple[str, datetime]] = field(default_factory=list)

    def blocks(self, *_: object) -> Mapping[Channel, Cause]:
        return self.blocked

    def confirmed(self, email: str, at: datetime) -> None:
        self.confirmations.append((email, at))

    def stopped(self, event_ids: Collection[str], _: datetime) -> Set[str]:
        return self.off & set(event_ids)

    def has_device(self, user_id: str) -> bool:
        return user_id in self.devices

    def consents(self, *_: object) -> frozenset[str]:
        return self.consented


@dataclass
class FakeDeliveries:
    """Addresses by order and user."""

    addresses: dict[tuple[str, str], Sequence[str]] = field(default_factory=dict)

    def find(self, order_id: str, user_id: str) -> Sequence[str]:
        return self.addresses.get((order_id, user_id), ())


@dataclass
class FakeStaff:
    ids: set[str]
    calls: int = 0

    def members(self) -> Set[str]:
        self.calls += 1
        return self.ids


class FakeCaps:
    def __init__(self) -> None:
        self.by_user: dict[str, tuple[datetime, ...]] = {}

    def sent(self, user_id: str) -> tuple[datetime, ...]:
        return self.by_user.get(user_id, ())

    def put(self, user_id: str, sent: tuple[datetime, ...], unit_of_work: UnitOfWork) -> None:
        step("cap", lambda: True, lambda: self.by_user.update({user_id: sent}))(unit_of_work)


class FakeNotifications:
    def __init__(self) -> None:
        self.by_id: dict[tuple[str, str], Notification] = {}

    def find(self, user_id: str, notification_id: str) -> Notification | None:
        return self.by_id.get((user_id, notification_id))

    def find_many(self, user_id: str, notification_ids: Sequence[str]) -> Sequence[Notification]:
        return [self.by_id[user_id, each] for each in notification_ids if (user_id, each) in self.by_id]

    def listed(self, user_id: str, state: State, now: datetime, after: str | None, limit: int) -> Page:
        found = [each for each in self._of(user_id, after) if each.is_in(state, now)]
        return Page(tuple(found[:limit]), found[limit - 1].notification_id if len(found) > limit else None)

    def unread(self, user_id: str, up_to: str | None, limit: int, *, unseen: bool) -> Sequence[str]:
        counted = (each for each in self._of(user_id) if each.is_counted and not (unseen and each.seen_at))
        return [each.notification_id for each in counted if up_to is None or each.notification_id <= up_to][:limit]

    def woken(self, now: datetime, limit: int) -> Sequence[tuple[str, str]]:
        over = [each for each in self.by_id.values() if each.snoozed_until and each.snoozed_until <= now]
        return [(each.user_id, each.notification_id) for each in over][:limit]

    def add(self, notification: Notification, unit_of_work: UnitOfWork) -> None:
        key = notification.user_id, notification.notification_id
        write = self.by_id.update
        step(NOTIFICATION, lambda: key not in self.by_id, lambda: write({key: notification}))(unit_of_work)

    def save(self, notification: Notification, unit_of_work: UnitOfWork) -> None:
        key = notification.user_id, notification.notification_id
        write = self.by_id.update
        step("states", lambda: key in self.by_id, lambda: write({key: notification}))(unit_of_work)

    def _of(self, user_id: str, after: str | None = None) -> list[Notification]:
        found = [each for (owner, _), each in self.by_id.items() if owner == user_id]
        newest_first = sorted(found, key=lambda each: each.notification_id, reverse=True)
        return [each for each in newest_first if after is None or each.notification_id < after]


class FakeDecisions:
    def __init__(self) -> None:
        self.by_id: dict[tuple[str, Channel], Record] = {}

    def of(self, notification_id: str) -> Sequence[Record]:
        return [self.by_id[notification_id, each] for each in Channel if (notification_id, each) in self.by_id]

    def put(self, notification_id: str, record: Record, unit_of_work: UnitOfWork) -> None:
        key = notification_id, record.decision.channel
        step(f"decision {key}", lambda: True, lambda: self.by_id.update({key: record}))(unit_of_work)


class FakeTombstones(set[str]):
    def stands_for(self, user_id: str) -> bool:
        return user_id in self
