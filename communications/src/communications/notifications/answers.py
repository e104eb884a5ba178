"""What clients receive about notifications."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from communications.notifications.domain.deciding import Outcome
from communications.notifications.domain.explaining import Explanation
from communications.notifications.domain.notification import Notification
from communications.notifications.domain.notifications import Page
from communications.notifications.domain.rendering import LANGUAGES, Rendered, values_of
from communications.notifications.domain.texts.english import ENGLISH
from communications.notifications.domain.types import TYPES, Category, Channel
from shared.http.cursors import Cursors


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationAnswer:
    notification_id: str
    type: str
    title: str
    content: str
    read: bool
    seen_at: datetime | None
    archived_at: datetime | None
    snoozed_until: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class NotificationsAnswer:
    """`unread` counts all of the user's."""

    items: tuple[NotificationAnswer, ...]
    unread: int
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class UnreadNotifications:
    unread: int


@dataclass(frozen=True, slots=True)
class DecisionAnswer:
    """`until` is when something held is sent, or when something skipped would have been."""

    channel: Channel
    outcome: Outcome
    reason: str
    until: datetime | None
    at: datetime


@dataclass(frozen=True, slots=True)
class ExplanationAnswer:
    """`event` is the name of the event that the notification is about."""

    event: str
    event_id: str
    decisions: Sequence[DecisionAnswer]


def notification_answer(notification: Notification) -> NotificationAnswer:
    return NotificationAnswer(
        notification_id=notification.notification_id,
        type=notification.type,
        title=notification.title,
        content=notification.content,
        read=notification.read,
        seen_at=notification.seen_at,
        archived_at=notification.archived_at,
        snoozed_until=notification.snoozed_until,
        created_at=notification.created_at,
    )


def notifications_answer(page: Page, unread: int, scope: str, cursors: Cursors) -> NotificationsAnswer:
    items = tuple(map(notification_answer, page.items))
    return NotificationsAnswer(items, unread, cursors.make(scope, page.after))


def explanation_answer(explanation: Explanation) -> ExplanationAnswer:
    decisions = [
        DecisionAnswer(each.channel, each.outcome, each.reason, each.until, each.at) for each in explanation.decisions
    ]
    return ExplanationAnswer(explanation.notification.event, explanation.notification.event_id, decisions)


@dataclass(frozen=True, slots=True)
class TemplateAnswer:
    """`values` are what its texts ask for. Without `purpose` it needs no consent; what is essential is never held."""

    type: str
    category: Category
    channels: tuple[Channel, ...]
    languages: tuple[str, ...]
    values: tuple[str, ...]
    purpose: str | None
    essential: bool
    capped: bool


@dataclass(frozen=True, slots=True)
class TemplatesAnswer:
    items: tuple[TemplateAnswer, ...]


@dataclass(frozen=True, slots=True)
class MailPreview:
    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class PushPreview:
    title: str
    body: str


@dataclass(frozen=True, slots=True)
class PreviewAnswer:
    """`sms` is the text of one."""

    title: str
    content: str
    email: MailPreview
    sms: str
    push: PushPreview


@dataclass(frozen=True, slots=True)
class SentSample:
    outbox_id: str


def templates_answer() -> TemplatesAnswer:
    return TemplatesAnswer(
        tuple(
            TemplateAnswer(
                type=name,
                category=type_.category,
                channels=tuple(channel for channel in Channel if channel in type_.channels),
                languages=tuple(LANGUAGES),
                values=tuple(sorted(values_of(ENGLISH.texts[name]))),
                purpose=type_.purpose,
                essential=type_.is_essential,
                capped=type_.is_capped,
            )
            for name, type_ in TYPES.items()
        )
    )


def preview_answer(shown: Rendered) -> PreviewAnswer:
    mail, push = shown.mail, shown.push
    return PreviewAnswer(
        shown.title,
        shown.content,
        MailPreview(mail.subject, mail.text, mail.html),
        shown.sms.text,
        PushPreview(push.title, push.body),
    )
