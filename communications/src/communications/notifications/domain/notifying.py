"""Makes a notification of an event: the notification, what was decided, and what is to be sent, all or none."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

from communications.inbox.domain.inbox import Entry, Inbox, Kind
from communications.notifications.domain.deciding import (
    Decision,
    Outcome,
    Recipient,
    Rules,
    counts_towards_cap,
    decide,
    of_the_week,
)
from communications.notifications.domain.notification import Notification, notification_id_of
from communications.notifications.domain.notifications import NOTIFICATION, Decisions, Notifications, Record
from communications.notifications.domain.rendering import Details, Rendered, language_of, render
from communications.notifications.domain.types import INSIDE, TYPES, Channel, NotificationType
from communications.sending.domain.outbox import Outbox, OutboxRow, SendState
from communications.sending.domain.suppressions import Cause
from communications.users.domain.users import User, Users
from shared.errors import Unavailable
from shared.persistence.unit_of_work import UnitOfWork, WriteRefused

MAY_STILL_REGISTER = timedelta(hours=1)
"""How long after an event the record of a user who is not there may come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """That something happened, of which a user hears.

    `event` is the event's name. What `subject` and `position` are: see Notification. `channels` are those of its
    type's that may lead outside; all of them where it is None. `previous` are addresses that were the user's until
    then, which hear of it too: whoever has taken an account over cannot keep it from its owner. `confirmed` is an
    e-mail address whose owner has just read mail there. `is_mailed`: who tells us of it has mailed it to them already.
    """

    event: str
    event_id: str
    user_id: str
    type: str
    details: Details
    occurred_at: datetime
    subject: str | None = None
    position: int = 0
    channels: frozenset[Channel] | None = None
    previous: Mapping[Channel, str] = field(default_factory=dict)
    confirmed: str | None = None
    is_mailed: bool = False

    @property
    def of_type(self) -> NotificationType:
        type_ = TYPES[self.type]
        return type_ if self.channels is None else replace(type_, channels=type_.channels & (self.channels | INSIDE))


class Reach(Protocol):
    def blocks(self, user: User, category: str | None, now: datetime) -> Mapping[Channel, Cause]:
        """Through which channels nothing of the category may be sent; None is what is always sent.

        Raises Unavailable.
        """
        ...

    def confirmed(self, email: str, at: datetime) -> None:
        """That its owner read mail there. Raises Unavailable."""
        ...

    def stopped(self, event_ids: Collection[str], now: datetime) -> Set[str]:
        """The events of these that were called off. Raises Unavailable."""
        ...

    def has_device(self, user_id: str) -> bool:
        """Whether push messages have somewhere to go. Raises Unavailable."""
        ...

    def consents(self, user_id: str) -> frozenset[str]:
        """The purposes that somebody has consented to. Raises Unavailable."""
        ...


class Caps(Protocol):
    """When notifications that count were sent to somebody. Every method raises Unavailable."""

    def sent(self, user_id: str) -> tuple[datetime, ...]: ...

    def put(self, user_id: str, sent: tuple[datetime, ...], unit_of_work: UnitOfWork) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Notifying:
    """`charity` is its name."""

    users: Users
    reach: Reach
    caps: Caps
    inbox: Inbox
    notifications: Notifications
    decisions: Decisions
    outbox: Outbox
    rules: Rules
    charity: str

    def notify(self, news: News, was_erased: Callable[[str], bool], now: datetime) -> str:
        """What came of it, in a word or two; the same news again changes nothing. Raises Unavailable."""
        user = self.users.find(news.user_id)
        if user is None:
            if was_erased(news.user_id):
                return "was erased"
            if now < news.occurred_at + MAY_STILL_REGISTER:
                raise Unavailable("The user is not registered yet.", retry_after_seconds=60)
            return "no such user"
        if news.confirmed:
            self.reach.confirmed(news.confirmed, news.occurred_at)
        return self._notify(user, news, now)

    def notify_all(self, several: Sequence[News], now: datetime) -> str:
        """Everybody who is registered, each for themselves. Raises Unavailable where some were not notified."""
        outcomes: Counter[str] = Counter()
        for news in several:
            try:
                user = self.users.find(news.user_id)
                outcomes[self._notify(user, news, now) if user else "no such user"] += 1
            except Unavailable:
                outcomes["failed"] += 1
        if outcomes["failed"]:
            raise Unavailable("Not everybody has been notified.")
        return ", ".join(f"{outcome}: {count}" for outcome, count in sorted(outcomes.items()))

    def would_decide(self, user: User, news: News, now: datetime) -> Sequence[Decision]:
        """What would be decided now; nothing is written. Raises Unavailable."""
        type_ = news.of_type
        return self._decide(type_, self.recipient(user, type_, now), news, now)[0]

    def name_of(self, user_id: str) -> str:
        """Empty where there is no such user. Raises Unavailable."""
        user = self.users.find(user_id)
        return user.name if user else ""

    def _notify(self, user: User, news: News, now: datetime) -> str:
        type_ = news.of_type
        rendered = render(type_, news.details, language_of(user.settings.language), user.first_name, self.charity)
        recipient = self.recipient(user, type_, now)

        def work(_: int, unit_of_work: UnitOfWork) -> Sequence[Entry]:
            return self._write(news, type_, rendered, recipient, now, unit_of_work)

        try:
            self.inbox.write(user.user_id, work, now)
        except WriteRefused as refused:
            if NOTIFICATION not in refused.refused:
                raise
            return "notified already"
        return "notified"

    def recipient(self, user: User, type_: NotificationType, now: datetime) -> Recipient:
        """Without what counts towards the cap. Raises Unavailable."""
        return Recipient(
            settings=user.settings,
            has_email=bool(user.email),
            has_phone=user.phone is not None,
            has_device=Channel.PUSH in self.rules.channels and self.reach.has_device(user.user_id),
            blocks=self.reach.blocks(user, type_.turned_off_as, now),
            consents=self.reach.consents(user.user_id) if type_.purpose else frozenset(),
        )

    def _decide(
        self, type_: NotificationType, recipient: Recipient, news: News, now: datetime
    ) -> tuple[tuple[Decision, ...], tuple[datetime, ...]]:
        """And when capped notifications were sent in the last week."""
        sent = of_the_week(self.caps.sent(news.user_id), now) if type_.counts else ()
        reached = replace(recipient, sent=sent, is_mailed=news.is_mailed)
        return decide(type_, reached, self.rules, news.occurred_at, now), sent

    def _write(
        self,
        news: News,
        type_: NotificationType,
        rendered: Rendered,
        recipient: Recipient,
        now: datetime,
        unit_of_work: UnitOfWork,
    ) -> Sequence[Entry]:
        decisions, sent = self._decide(type_, recipient, news, now)
        notification = Notification(
            notification_id=notification_id_of(news.event_id, news.user_id, news.occurred_at),
            user_id=news.user_id,
            type=type_.name,
            title=rendered.title,
            content=rendered.content,
            event=news.event,
            event_id=news.event_id,
            created_at=news.occurred_at,
            subject=news.subject,
            position=news.position,
        )
        self.notifications.add(notification, unit_of_work)
        for decision in decisions:
            row = _row(decision, notification, rendered, type_, now)
            if row:
                self.outbox.add(row, unit_of_work)
            record = Record(decision, now, row.outbox_id if row else None)
            self.decisions.put(notification.notification_id, record, unit_of_work)
        for row in self._to_previous(news, notification, rendered, recipient, type_, now):
            self.outbox.add(row, unit_of_work)
        if counts_towards_cap(type_, decisions):
            self.caps.put(news.user_id, (*sent, now), unit_of_work)
        return [Entry(Kind.NOTIFICATION, {"notification": notification.as_json()}, notifications=1)]

    def _to_previous(
        self,
        news: News,
        notification: Notification,
        rendered: Rendered,
        recipient: Recipient,
        type_: NotificationType,
        now: datetime,
    ) -> Iterator[OutboxRow]:
        """At once, by channels that there are; SMS to those who want them."""
        for channel, address in news.previous.items():
            if channel not in self.rules.channels or (channel is Channel.SMS and not recipient.settings.channels.sms):
                continue
            yield OutboxRow(
                event_id=_of_previous(news.event_id),
                user_id=news.user_id,
                content=rendered.content_for(channel, None),
                category=None,
                created_at=now,
                due_at=now,
                drop_after=type_.drop_after(news.occurred_at, now),
                notification_id=notification.notification_id,
                address=address,
            )


def _of_previous(event_id: str) -> str:
    """Another row of the same event, user and channel."""
    return f"{event_id}#previous"


def _row(
    decision: Decision, notification: Notification, rendered: Rendered, type_: NotificationType, now: datetime
) -> OutboxRow | None:
    if decision.channel in INSIDE or decision.outcome not in (Outcome.SENT, Outcome.HELD):
        return None
    is_held = decision.outcome is Outcome.HELD
    return OutboxRow(
        event_id=notification.event_id,
        user_id=notification.user_id,
        content=rendered.content_for(decision.channel, notification.notification_id),
        category=type_.turned_off_as,
        created_at=now,
        due_at=decision.until or now,
        drop_after=type_.drop_after(notification.created_at, now),
        notification_id=notification.notification_id,
        state=SendState.HELD if is_held else SendState.PENDING,
        reason=decision.reason.value if is_held else None,
    )
