"""What notifications look like, for those who write their texts: previews, and tests to themselves."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from communications.notifications.domain.rendering import Rendered, language_of, render, values_of
from communications.notifications.domain.samples import SAMPLES
from communications.notifications.domain.types import TYPES, Channel, NotificationType
from communications.sending.domain.outbox import Outbox, OutboxRow
from communications.users.domain.users import Users
from shared.errors import Conflict, FieldError, Invalid, NotFound
from shared.ids import new_id
from shared.persistence.unit_of_work import UnitOfWork

_USEFUL_FOR = timedelta(hours=1)
_NAME = "Amara"


def type_named(name: str) -> NotificationType:
    """Raises NotFound."""
    if name not in TYPES:
        raise NotFound("There is no such type of notifications.")
    return TYPES[name]


def preview(type_: NotificationType, language: str, values: Mapping[str, str], charity: str) -> Rendered:
    """With values of one's own in the place of the sample's. Raises Invalid for some that the type does not have."""
    used = language_of(language)
    if unused := sorted(values.keys() - values_of(used.texts[type_.name])):
        message = f"has no {', '.join(unused)}"
        raise Invalid(f"values {message}.", [FieldError("values", message)])
    sample = SAMPLES[type_.name]
    return render(type_, replace(sample, values={**sample.values, **values}), used, _NAME, charity)


@dataclass(frozen=True, slots=True)
class Samples:
    """`unit_of_work` begins one."""

    users: Users
    outbox: Outbox
    charity: str
    unit_of_work: Callable[[], UnitOfWork]

    def send(self, user_id: str, type_: NotificationType, language: str, channel: Channel, now: datetime) -> str:
        """The id of the outbox row of a sample to oneself. Raises Invalid; Conflict; Unavailable."""
        if channel not in type_.channels:
            raise Invalid(f"{type_.name} is not sent by {channel}.", [FieldError("channel", "is not of this type")])
        user = self.users.find(user_id)
        if user is None:
            raise Conflict("You are not registered here yet: try again in a moment.")
        sample = render(type_, SAMPLES[type_.name], language_of(language), user.first_name, self.charity)
        row = OutboxRow(
            event_id=f"test-{new_id(now)}",
            user_id=user_id,
            content=sample.content_for(channel, None),
            category=type_.turned_off_as,
            created_at=now,
            due_at=now,
            drop_after=now + _USEFUL_FOR,
        )
        work = self.unit_of_work()
        self.outbox.add(row, work)
        work.commit()
        return row.outbox_id
