"""What is published of users."""

import uuid
from collections.abc import Sequence

from communications.users.adapters.erasures import ErasureRecord, user_deleted
from communications.users.adapters.records import UserRecord
from communications.users.domain.users import User
from shared.events.changes import Change, Image, Named
from shared.events.domain_events import DomainEvent

_NAMESPACE = uuid.UUID("5f0c4d1b-27f9-5f0e-9a0f-3f1c7c0f9d5e")


def events_of_change(change: Change) -> Sequence[Named]:
    """Of a row of Users or of Erasures: who was invited, whose addresses have changed, and who is to be erased.

    Nobody confirms the sign-up of somebody who was invited, so the user pool's trigger publishes nothing. Raises
    KeyError, TypeError or ValueError for what is no such row.
    """
    if change.new is None:
        return ()
    if change.old is not None:
        return _changed(_user(change.old), _user(change.new)) if "email" in change.new else ()
    if "requestedAt" in change.new:
        return [user_deleted(ErasureRecord.of_image(change.new).to_erasure())]
    user = _user(change.new)
    if user.invited_by is None:
        return ()
    event_id = str(uuid.uuid5(_NAMESPACE, user.user_id))
    data = {"name": user.name, "email": user.email}
    return [("UserRegistered", DomainEvent(event_id, 1, user.created_at, user.user_id, data))]


def _changed(before: User, user: User) -> Sequence[Named]:
    """`version` is the record's: an event with an older one comes late. What was given up without a successor is no
    news; the notice goes to the previous address as well."""
    found: list[Named] = []
    if user.email and user.email != before.email:
        data = {"email": user.email, "previousEmail": before.email or None}
        found.append(("UserEmailChanged", _event("email", user, data)))
    if user.phone and user.phone != before.phone:
        found.append(("UserPhoneChanged", _event("phone", user, {"previousPhone": before.phone})))
    return found


def _event(of: str, user: User, data: dict[str, str | None]) -> DomainEvent:
    event_id = str(uuid.uuid5(_NAMESPACE, f"{of}#{user.user_id}#{user.version}"))
    return DomainEvent(event_id, 1, user.updated_at, user.user_id, {"version": user.version, **data})


def _user(image: Image) -> User:
    return UserRecord.of_image(image).to_user()
