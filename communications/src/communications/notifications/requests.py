"""What clients send about notifications."""

from typing import Annotated, Literal

from pydantic import Field

from communications.notifications.domain.notification import Change
from shared.http.fields import NOT_NULL, Body, Line, Moment
from shared.http.forms import Form
from shared.time.moments import in_utc

type _NotificationId = Annotated[str, Form(r"[0-9a-f-]{1,64}", "the id of a notification")]
type _Language = Annotated[
    str, Field(max_length=35), Form(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,3}", "a language tag such as en or pt-BR")
]


class ChangeNotification(Body):
    """A null `snoozedUntil` ends a snooze."""

    seen: Annotated[Literal[True] | None, NOT_NULL] = None
    read: Annotated[bool | None, NOT_NULL] = None
    archived: Annotated[bool | None, NOT_NULL] = None
    snoozed_until: Moment | None = None

    def to_change(self) -> Change:
        return Change(
            seen=self.seen,
            read=self.read,
            archived=self.archived,
            snoozed_until=in_utc(self.snoozed_until) if self.snoozed_until else None,
            wakes=self.snoozed_until is None and "snoozed_until" in self.model_fields_set,
        )


class MarkNotifications(Body):
    """All up to `upTo`, or all, are `read`, or just `seen`."""

    up_to: Annotated[_NotificationId | None, NOT_NULL] = None
    state: Literal["seen", "read"] = "read"


class PreviewNotification(Body):
    """`values` stand in the place of the sample's."""

    language: _Language = "en"
    values: Annotated[dict[Annotated[str, Line(40)], Annotated[str, Field(max_length=2000)]], Field(max_length=10)] = {}


class SendTestNotification(Body):
    language: _Language = "en"
    channel: Literal["email", "sms", "push"] = "email"
