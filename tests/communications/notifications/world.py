"""People, and news for them."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from communications.inbox.domain.inbox import NumberedEntry
from communications.notifications.domain.deciding import Rules
from communications.notifications.domain.events import Sources
from communications.notifications.domain.notification import Notification
from communications.notifications.domain.notifications import Changes, Record
from communications.notifications.domain.notifying import News, Notifying
from communications.notifications.domain.releasing import Releasing
from communications.notifications.domain.samples import SAMPLES
from communications.notifications.domain.types import Channel
from communications.sending.domain.outbox import OutboxRow
from communications.users.domain.users import Channels, QuietHours, Settings, User
from shared.persistence.unit_of_work import UnitOfWork
from tests.communications.inbox.fakes import FakeInbox
from tests.communications.notifications.fakes import (
    FakeCaps,
    FakeDecisions,
    FakeDeliveries,
    FakeNotifications,
    FakeReach,
    FakeStaff,
    FakeTombstones,
)
from tests.communications.sending.fakes import FakeOutbox
from tests.communications.users.fakes import FakeUsers
from tests.shared.persistence.fake_transactions import FakeTransaction

NOON = datetime(2026, 6, 2, 11, tzinfo=UTC)  # a Tuesday, 12:00 in London
NIGHT = NOON + timedelta(hours=11)
MORNING = datetime(2026, 6, 3, 6, tzinfo=UTC)
AT_NIGHT = QuietHours(time(22), time(7), "Europe/London")
EVERYTHING = Channels(email=True, sms=True, push=True)
ANA = User(
    user_id="ana",
    email="ana@example.org",
    first_name="Ana",
    last_name="Ruiz",
    phone="+447700900123",
    settings=Settings(EVERYTHING, AT_NIGHT),
    created_at=NOON,
    updated_at=NOON,
)


@dataclass
class World:
    users: FakeUsers = field(default_factory=lambda: FakeUsers(ANA))
    reach: FakeReach = field(default_factory=lambda: FakeReach(devices={"ana"}))
    caps: FakeCaps = field(default_factory=FakeCaps)
    inbox: FakeInbox = field(default_factory=FakeInbox)
    notifications: FakeNotifications = field(default_factory=FakeNotifications)
    decisions: FakeDecisions = field(default_factory=FakeDecisions)
    outbox: FakeOutbox = field(default_factory=FakeOutbox)
    begin: Callable[[], UnitOfWork] = FakeTransaction
    deliveries: FakeDeliveries = field(default_factory=FakeDeliveries)
    erased: FakeTombstones = field(default_factory=FakeTombstones)
    staff: FakeStaff = field(default_factory=lambda: FakeStaff({"ana"}))

    @property
    def entries(self) -> list[NumberedEntry]:
        """Of Ana's inbox."""
        return [entry for _, entry in self.inbox.entries["ana"]]

    @property
    def notifying(self) -> Notifying:
        return Notifying(
            users=self.users,
            reach=self.reach,
            caps=self.caps,
            inbox=self.inbox,
            notifications=self.notifications,
            decisions=self.decisions,
            outbox=self.outbox,
            rules=Rules(weekly_cap=3, zone=ZoneInfo("Europe/London"), channels=frozenset(Channel)),
            charity="Almoner",
        )

    @property
    def sources(self) -> Sources:
        return Sources(self.notifying.name_of, self.deliveries, self.notifying.rules.zone)

    @property
    def changes(self) -> Changes:
        return Changes(self.notifications, self.inbox)

    @property
    def releasing(self) -> Releasing:
        return Releasing(notifying=self.notifying, unit_of_work=self.begin)

    def set(self, settings: Settings) -> None:
        self.users.by_id["ana"] = replace(ANA, settings=settings)

    def notify(self, type_: str, now: datetime, event_id: str = "event", occurred_at: datetime | None = None) -> str:
        return self.notifying.notify(news(type_, event_id, occurred_at or now), self.erased.stands_for, now)

    def notification(self, event_id: str = "event") -> Notification:
        return next(each for each in self.notifications.by_id.values() if each.event_id == event_id)

    def record(self, channel: Channel, event_id: str = "event") -> Record:
        return self.decisions.by_id[self.notification(event_id).notification_id, channel]

    def rows(self, channel: Channel) -> list[OutboxRow]:
        return [row for row in self.outbox.by_id.values() if row.channel.value == channel.value]


def news(type_: str, event_id: str, occurred_at: datetime, user_id: str = "ana") -> News:
    return News(
        event="Event",
        event_id=event_id,
        user_id=user_id,
        type=type_,
        details=SAMPLES[type_],
        occurred_at=occurred_at,
    )
