"""Conversations and memberships in DynamoDB."""

from collections.abc import Sequence

from pynamodb.expressions.update import Action

from communications.conversations.adapters.records import (
    ConversationRecord,
    MembershipRecord,
    MembershipsByActivity,
)
from communications.conversations.domain.conversations import (
    CONVERSATION,
    MEMBERSHIP,
    Conversation,
    Membership,
    MembershipPage,
)
from communications.conversations.domain.messages import Message
from shared.dynamodb.records import select
from shared.dynamodb.transactions import Transaction
from shared.persistence.unit_of_work import UnitOfWork


class DynamoConversations:
    """The tables Conversations and Memberships; a membership has 300 bytes."""

    def __init__(self, conversations_table: str, memberships_table: str) -> None:
        self._conversations = ConversationRecord.at(conversations_table)
        self._memberships = MembershipRecord.at(memberships_table)

    def find(self, conversation_id: str) -> Conversation | None:
        """One consistent GetItem."""
        record = self._conversations.find(conversation_id)
        return record.to_conversation() if record else None

    def find_all(self, conversation_ids: Sequence[str]) -> Sequence[Conversation]:
        """One consistent BatchGetItem."""
        if not conversation_ids:
            return []
        return [record.to_conversation() for record in self._conversations.find_many(conversation_ids)]

    def add(self, conversation: Conversation, unit_of_work: UnitOfWork) -> None:
        """A put in a transaction."""
        is_new = ConversationRecord.conversation_id.does_not_exist()
        Transaction.of(unit_of_work).save(CONVERSATION, self._conversations.of(conversation), is_new)

    def membership(self, user_id: str, conversation_id: str) -> Membership | None:
        """One consistent GetItem."""
        record = self._memberships.find(user_id, conversation_id)
        return record.to_membership() if record else None

    def memberships(self, user_id: str, after: str | None, limit: int) -> MembershipPage:
        """One Query of the index, which may be a moment behind."""
        before = MembershipsByActivity.last_message_id < after if after else None
        found = select(self._memberships.by_activity, user_id, before, newest_first=True, limit=limit + 1)
        items = [record.to_membership() for record in found[:limit]]
        return MembershipPage(items, items[-1].last_message_id if len(found) > limit else None)

    def arrived(self, copy: Message, unit_of_work: UnitOfWork) -> None:
        """An update in a transaction."""
        assert copy.seq is not None  # noqa: S101  what is withheld has not arrived
        actions: list[Action] = [
            MembershipRecord.unread.add(0 if copy.is_own else 1),
            MembershipRecord.last_seq.set(copy.seq),
            MembershipRecord.last_message_id.set(copy.message_id),
        ]
        self._change("message", copy.user_id, copy.conversation_id, actions, unit_of_work)

    def changed(self, copy: Message, seq: int, unit_of_work: UnitOfWork) -> None:
        """An update in a transaction."""
        actions: list[Action] = [MembershipRecord.last_seq.set(seq)]
        self._change("change", copy.user_id, copy.conversation_id, actions, unit_of_work)

    def read(self, seen: Membership, up_to: int, unread: int, seq: int, unit_of_work: UnitOfWork) -> None:
        """An update in a transaction."""
        actions: list[Action] = [
            MembershipRecord.read_up_to.set(up_to),
            MembershipRecord.unread.set(unread),
            MembershipRecord.last_seq.set(seq),
        ]
        self._change("read", seen.user_id, seen.conversation_id, actions, unit_of_work, seen)

    def receipt(self, seen: Membership, reader: str, message_id: str, seq: int, unit_of_work: UnitOfWork) -> None:
        """An update in a transaction."""
        receipts = {**seen.receipts, reader: message_id}
        actions: list[Action] = [MembershipRecord.receipts.set(receipts), MembershipRecord.last_seq.set(seq)]
        self._change("receipt", seen.user_id, seen.conversation_id, actions, unit_of_work, seen)

    def _change(
        self,
        cause: str,
        user_id: str,
        conversation_id: str,
        actions: Sequence[Action],
        unit_of_work: UnitOfWork,
        seen: Membership | None = None,
    ) -> None:
        unchanged = MembershipRecord.last_seq == seen.last_seq if seen else None
        record = self._memberships(user_id, conversation_id)
        Transaction.of(unit_of_work).change(
            MEMBERSHIP, record, [*actions, MembershipRecord.cause.set(cause)], unchanged
        )
