"""Editing and deleting: the sender's copy first. `fan_out` brings the new version to the others."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from communications.conversations.domain.conversations import Conversations
from communications.conversations.domain.messages import Message, Messages
from communications.inbox.domain.inbox import Entry, Inbox
from shared.errors import Conflict, NotFound
from shared.persistence.settling import until_settled
from shared.persistence.unit_of_work import UnitOfWork

CHANGEABLE = timedelta(hours=24)
"""How long senders may edit and delete a message."""


@dataclass(frozen=True, slots=True)
class Changing:
    conversations: Conversations
    messages: Messages
    inbox: Inbox

    def edit(self, user_id: str, message_id: str, content: str, now: datetime) -> Message:
        """Raises NotFound unless the user has sent it; Conflict where it is too late, or it was deleted."""

        def next_version(message: Message) -> Message | None:
            if message.deleted:
                raise Conflict("The message was deleted.")
            _require_time(message, now)
            return None if message.content == content else message.edited(content, now)

        return self._changed(user_id, message_id, next_version, now)

    def delete(self, user_id: str, message_id: str, now: datetime) -> None:
        """Idempotent. Raises NotFound unless the user has sent it; Conflict where it is too late."""

        def next_version(message: Message) -> Message | None:
            if message.deleted:
                return None
            _require_time(message, now)
            return message.emptied(now)

        self._changed(user_id, message_id, next_version, now)

    def remove(self, sender_id: str, message_id: str, now: datetime) -> None:
        """Delete somebody's message at any time. Idempotent."""
        self._changed(sender_id, message_id, lambda sent: None if sent.deleted else sent.emptied(now), now)

    def _changed(
        self, user_id: str, message_id: str, next_version: Callable[[Message], Message | None], now: datetime
    ) -> Message:
        def attempt() -> Message:
            seen = self.messages.find(message_id, user_id)
            if seen is None or seen.sender_id != user_id:
                raise NotFound("There is no such message of yours.")
            changed = next_version(seen)
            if changed is None:
                return seen

            def work(seq: int, unit_of_work: UnitOfWork) -> Sequence[Entry]:
                self.messages.change(seen, changed, seq, unit_of_work)
                self.conversations.changed(changed, seq, unit_of_work)
                return [changed.entry(changed.latest_change)]

            self.inbox.write(user_id, work, now)
            return changed

        return until_settled(attempt)


def _require_time(message: Message, now: datetime) -> None:
    if now > message.created_at + CHANGEABLE:
        raise Conflict("A message can be changed for 24 hours after it was sent.")
