"""Reading: a user's conversations, and each of them as it is at a number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from communications.conversations.domain.conversations import (
    Conversation,
    Conversations,
    Membership,
    membership_of,
)
from communications.conversations.domain.messages import Message, Messages, Pointer, Thread
from communications.conversations.domain.sending import People
from communications.inbox.domain.inbox import Inbox


@dataclass(frozen=True, slots=True)
class Position:
    """In a thread as it is at the number `as_of`: before or after a number, from its end without one."""

    as_of: int
    before: int | None = None
    after: int | None = None


@dataclass(frozen=True, slots=True)
class MessagePage:
    """`up_to`: ask `since` it for what comes after the page, its changes included."""

    membership: Membership
    items: Sequence[Message]
    up_to: int
    following: Position | None


@dataclass(frozen=True, slots=True)
class Listed:
    conversation: Conversation
    last_message: Message
    unread: int


@dataclass(frozen=True, slots=True)
class ConversationPage:
    """`unread` counts all of the user's conversations; `names` are those of the members who are still here."""

    items: Sequence[Listed]
    names: Mapping[str, str]
    unread: int
    after: str | None


@dataclass(frozen=True, slots=True)
class Reading:
    conversations: Conversations
    messages: Messages

    def page(
        self, user_id: str, conversation_id: str, since: int | None, position: Position | None, limit: int
    ) -> MessagePage:
        """The newest messages first, or, `since` a number, what has arrived or changed after it, the oldest first.

        `position` is where the page before ended. Raises NotFound unless the user is a member.
        """
        membership = membership_of(user_id, conversation_id, self.conversations)
        as_of = position.as_of if position else membership.last_seq
        after = position.after if position else since
        if after is not None:
            return self._since(membership, after, as_of, limit)
        before = position.before if position else None
        return self._newest(membership, before, as_of, limit)

    def _newest(self, membership: Membership, before: int | None, as_of: int, limit: int) -> MessagePage:
        last = as_of if before is None else before - 1
        pointers = self.messages.newest(_thread(membership), last, limit + 1)
        following = Position(as_of, before=pointers[limit - 1].seq) if len(pointers) > limit else None
        return MessagePage(membership, self._copies(membership, pointers[:limit]), as_of, following)

    def _since(self, membership: Membership, after: int, as_of: int, limit: int) -> MessagePage:
        pointers = self.messages.since(_thread(membership), after, as_of, limit + 1)
        shown = pointers[:limit]
        is_all = len(pointers) <= limit
        up_to = max(after, as_of) if is_all else shown[-1].seq
        following = None if is_all else Position(as_of, after=up_to)
        copies = self._copies(membership, shown)
        # what has changed later comes with a later page
        due = [copy for copy in copies if not up_to < (copy.changed_seq or 0) <= as_of]
        return MessagePage(membership, due, up_to, following)

    def _copies(self, membership: Membership, pointers: Sequence[Pointer]) -> Sequence[Message]:
        """A message that has arrived and changed in between is one."""
        ids = dict.fromkeys(pointer.message_id for pointer in pointers)
        return self.messages.find_all([(message_id, membership.user_id) for message_id in ids])


def _thread(membership: Membership) -> Thread:
    return Thread(membership.user_id, membership.conversation_id)


@dataclass(frozen=True, slots=True)
class Listing:
    conversations: Conversations
    messages: Messages
    people: People
    inbox: Inbox

    def page(self, user_id: str, after: str | None, limit: int) -> ConversationPage:
        """The user's conversations, the latest first."""
        page = self.conversations.memberships(user_id, after, limit)
        ids = [each.conversation_id for each in page.items]
        conversations = {each.conversation_id: each for each in self.conversations.find_all(ids)}
        found = self.messages.find_all([(each.last_message_id, user_id) for each in page.items])
        messages = {message.message_id: message for message in found}
        listed = [
            Listed(conversations[each.conversation_id], messages[each.last_message_id], each.unread)
            for each in page.items
            if each.conversation_id in conversations and each.last_message_id in messages
        ]
        people = {member for each in listed for member in each.conversation.members}
        unread = self.inbox.head(user_id).unread.messages
        return ConversationPage(listed, self.people.names(people), unread, page.after)
