"""What is published of users."""

import uuid
from collections.abc import Sequence

from communications.users.adapters.erasures import ErasureRecord, user_deleted
from communications.users.adapters.records import UserRecord
from shared.events.changes import Change, Named
from shared.events.domain_events import DomainEvent

_NAMESPACE = uuid.UUID("5f0c4d1b-27f9-5f0e-9a0f-3f1c7c0f9d5e")


def events_of_change(change: Change) -> Sequence[Named]:
    """Of a row of Users or of Erasures: who was invited, and who is to be erased.

    Nobody confirms the sign-up of somebody who was invited, so the user pool's trigger publishes nothing. Raises
    KeyError, TypeError or ValueError for what is no such row.
    """
    if change.new is None or change.old is not None:
        return ()
    if "requestedAt" in change.new:
        return [user_deleted(ErasureRecord.of_image(change.new).to_erasure())]
    user = UserRecord.of_image(change.new).to_user()
    if user.invited_by is None:
        return ()
    event_id = str(uuid.uuid5(_NAMESPACE, user.user_id))
    data = {"name": user.name, "email": user.email}
    return [("UserRegistered", DomainEvent(event_id, 1, user.created_at, user.user_id, data))]
