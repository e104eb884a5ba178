"""Erases somebody's view of conversations: their copies of messages, and whom they block."""

from datetime import datetime

from communications.conversations.adapters.records import BlockRecord, MembershipRecord, MessageRecord, PointerRecord
from shared.dynamodb.records import select
from shared.erasure.removing import remove_all


class ConversationErasing:
    """What others have received from them stays with the others, from an id that leads to nobody."""

    def __init__(self, messages_table: str, threads_table: str, memberships_table: str, blocks_table: str) -> None:
        self._messages, self._pointers = MessageRecord.at(messages_table), PointerRecord.at(threads_table)
        self._memberships, self._blocks = MembershipRecord.at(memberships_table), BlockRecord.at(blocks_table)

    def erase(self, user_id: str, _: datetime) -> bool:
        """Messages are found by the memberships, which go last."""
        for membership in select(self._memberships, user_id):
            thread = f"{membership.conversation_id}#{user_id}"
            for pointer in select(self._pointers, thread):
                self._messages(pointer.message_id, user_id).remove()
                pointer.remove()
            remove_all(self._pointers, f"{thread}#changes", [PointerRecord.thread_id, PointerRecord.seq])
            membership.remove()
        remove_all(self._blocks, user_id, [BlockRecord.user_id, BlockRecord.blocked_id])
        return True
