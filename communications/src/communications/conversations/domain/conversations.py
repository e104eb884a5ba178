"""Conversations: the same people have one, and each of them a place in it."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from communications.conversations.domain.messages import Message
from shared.errors import NotFound
from shared.persistence.unit_of_work import UnitOfWork

MAX_RECIPIENTS = 50

CONVERSATION, MEMBERSHIP = "conversation", "membership"
"""What these writes are called where a transaction says what was refused."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """`members` are sorted, and never change."""

    conversation_id: str
    members: tuple[str, ...]
    created_by: str
    created_at: datetime

    @classmethod
    def of(cls, members: Iterable[str], created_by: str, created_at: datetime) -> "Conversation":
        """The one that these people have, whoever begins it: its id is made of theirs."""
        everybody = tuple(sorted({*members, created_by}))
        digest = hashlib.sha256("\n".join(everybody).encode()).hexdigest()
        return cls(digest[:40], everybody, created_by, created_at)

    def besides(self, user_id: str) -> tuple[str, ...]:
        return tuple(member for member in self.members if member != user_id)


@dataclass(frozen=True, slots=True)
class Membership:
    """A user's place in a conversation; it begins with the first message that reaches them.

    `last_seq` is the number of the last entry in the user's inbox that concerns the conversation. `receipts` has, for
    each other member, the latest of this user's messages that they have read.
    """

    user_id: str
    conversation_id: str
    unread: int
    read_up_to: int
    last_seq: int
    last_message_id: str
    receipts: Mapping[str, str] = field(default_factory=dict)

    def has_read(self, message: Message) -> bool:
        """Of one's own, whether somebody has read it; of another's, whether one has oneself."""
        if message.sender_id == self.user_id:
            return any(latest >= message.message_id for latest in self.receipts.values())
        return message.seq is not None and message.seq <= self.read_up_to


@dataclass(frozen=True, slots=True)
class MembershipPage:
    items: Sequence[Membership]
    after: str | None


class Conversations(Protocol):
    """Every method raises Unavailable. Changes of a membership count as its last entry the number `seq`."""

    def find(self, conversation_id: str) -> Conversation | None: ...

    def find_all(self, conversation_ids: Sequence[str]) -> Sequence[Conversation]: ...

    def add(self, conversation: Conversation, unit_of_work: UnitOfWork) -> None:
        """Refused as CONVERSATION where it has begun."""
        ...

    def membership(self, user_id: str, conversation_id: str) -> Membership | None: ...

    def memberships(self, user_id: str, after: str | None, limit: int) -> MembershipPage:
        """The user's conversations, in the order of their last messages, the latest first."""
        ...

    def arrived(self, copy: Message, unit_of_work: UnitOfWork) -> None:
        """A message has reached its sender, or a recipient, for whom it is unread."""
        ...

    def changed(self, copy: Message, seq: int, unit_of_work: UnitOfWork) -> None:
        """A message was edited or deleted."""
        ...

    def read(self, seen: Membership, up_to: int, unread: int, seq: int, unit_of_work: UnitOfWork) -> None:
        """Refused as MEMBERSHIP where it has changed since."""
        ...

    def receipt(self, seen: Membership, reader: str, message_id: str, seq: int, unit_of_work: UnitOfWork) -> None:
        """Another member has read up to this message. Refused as MEMBERSHIP where it has changed since."""
        ...


def membership_of(user_id: str, conversation_id: str, conversations: Conversations) -> Membership:
    """Raises NotFound: who is no member learns nothing."""
    found = conversations.membership(user_id, conversation_id)
    if found is None:
        raise NotFound("There is no such conversation.")
    return found
