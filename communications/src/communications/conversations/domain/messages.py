"""Messages: a copy for their sender and one for each recipient, and each user's thread of a conversation.

A thread has a pointer for each message that has arrived, under the number that it has in the user's inbox, and one for
the latest change of each that was changed. So whoever has seen everything up to a number misses what comes after it,
and nothing else, in whatever order messages arrived.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from communications.inbox.domain.inbox import Entry, Kind
from shared.persistence.unit_of_work import UnitOfWork

MAX_CONTENT = 10_000
"""Characters of a message, which is stored and shown as it was sent."""

COPY = "copy of the message"
"""What the write of a copy is called where a transaction says what was refused."""


class Change(StrEnum):
    """What a frame says has become of a message."""

    SENT = "sent"
    EDITED = "edited"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One user's copy of a message.

    `seq` is the number with which it arrived in that user's inbox, `changed_seq` that of its latest change; a copy
    without is withheld, and never shown. `recipients` stand in the sender's copy only. `version` counts edits, from 1.
    """

    message_id: str
    user_id: str
    conversation_id: str
    sender_id: str
    content: str
    created_at: datetime
    updated_at: datetime
    seq: int | None = None
    changed_seq: int | None = None
    version: int = 1
    deleted: bool = False
    recipients: tuple[str, ...] = ()

    @property
    def is_withheld(self) -> bool:
        return self.seq is None

    @property
    def is_own(self) -> bool:
        """The sender's."""
        return self.user_id == self.sender_id

    def copy_for(self, user_id: str, seq: int | None) -> "Message":
        """A recipient's copy of the sender's; empty if it is withheld."""
        copy = replace(self, user_id=user_id, seq=seq, changed_seq=None, recipients=())
        return copy if seq else replace(copy, content="")

    def edited(self, content: str, now: datetime) -> "Message":
        return replace(self, content=content, updated_at=now, version=self.version + 1)

    def emptied(self, now: datetime) -> "Message":
        return replace(self, content="", deleted=True, updated_at=now, version=self.version + 1)

    def entry(self, change: Change, *, unread: int = 0) -> Entry:
        """The frame names the message and leaves its words to the copy: no log keeps what was deleted."""
        return Entry(Kind.MESSAGE, {**self._names, "change": change}, messages=unread)

    @property
    def latest_change(self) -> Change:
        return Change.DELETED if self.deleted else Change.SENT if self.version == 1 else Change.EDITED

    @property
    def _names(self) -> Mapping[str, Any]:
        return {"conversationId": self.conversation_id, "messageId": self.message_id, "senderId": self.sender_id}


@dataclass(frozen=True, slots=True)
class Pointer:
    """Where a message, or its latest change, is in a user's thread."""

    seq: int
    message_id: str
    sender_id: str


@dataclass(frozen=True, slots=True)
class Thread:
    """A user's view of a conversation."""

    user_id: str
    conversation_id: str


class Messages(Protocol):
    """Every method raises Unavailable."""

    def find(self, message_id: str, user_id: str) -> Message | None: ...

    def find_all(self, keys: Sequence[tuple[str, str]]) -> Sequence[Message]:
        """The copies of these messages and users that exist, in this order."""
        ...

    def add(self, copy: Message, unit_of_work: UnitOfWork) -> None:
        """A new copy, with its pointer. Refused as COPY where the user has one."""
        ...

    def change(self, seen: Message, copy: Message, seq: int, unit_of_work: UnitOfWork) -> None:
        """A later version of a copy, with a pointer at `seq` in the place of that of its last change.

        Refused as COPY where the stored version is not the one that was seen.
        """
        ...

    def withhold(self, copy: Message) -> None:
        """A copy that is never shown, unless the user has one."""
        ...

    def newest(self, thread: Thread, up_to: int, limit: int) -> Sequence[Pointer]:
        """Of messages, with numbers up to this one, the newest first."""
        ...

    def since(self, thread: Thread, after: int, up_to: int, limit: int) -> Sequence[Pointer]:
        """Of messages and changes, the oldest first."""
        ...

    def unread(self, thread: Thread, after: int) -> int:
        """How many messages of others arrived after a number."""
        ...
