"""How far members have read: counted for them, and announced to those who wrote it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from communications.conversations.domain.conversations import Conversations, Membership, membership_of
from communications.conversations.domain.messages import Messages, Thread
from communications.inbox.domain.inbox import Entry, Inbox, Kind
from shared.persistence.settling import until_settled
from shared.persistence.unit_of_work import UnitOfWork

_SENDERS_SEEN = 200  # messages that are looked through for their senders: whoever wrote before them hears the next time


@dataclass(frozen=True, slots=True)
class Receipts:
    conversations: Conversations
    messages: Messages
    inbox: Inbox

    def mark_read(self, user_id: str, conversation_id: str, up_to: int, now: datetime) -> None:
        """The user has read what had arrived up to a number; further back changes nothing. Raises NotFound."""

        def attempt() -> None:
            seen = membership_of(user_id, conversation_id, self.conversations)
            last = min(up_to, seen.last_seq)
            if last <= seen.read_up_to:
                return
            left = self.messages.unread(Thread(user_id, conversation_id), last)

            def work(seq: int, unit_of_work: UnitOfWork) -> Sequence[Entry]:
                self.conversations.read(seen, last, left, seq, unit_of_work)
                data = {"conversationId": conversation_id, "upTo": last, "left": left}
                return [Entry(Kind.UNREAD, data, messages=left - seen.unread)]

            self.inbox.write(user_id, work, now)

        until_settled(attempt)

    def announce(self, reader: Membership, before: int, now: datetime) -> None:
        """The reader has read on from the number `before`. As often as it is repeated, each sender hears it once."""
        thread = Thread(reader.user_id, reader.conversation_id)
        latest: dict[str, str] = {}
        for pointer in self.messages.newest(thread, reader.read_up_to, _SENDERS_SEEN):
            if pointer.seq > before and pointer.sender_id != reader.user_id:
                latest[pointer.sender_id] = max(latest.get(pointer.sender_id, ""), pointer.message_id)
        for sender_id, message_id in latest.items():
            self._announce_to(sender_id, reader, message_id, now)

    def _announce_to(self, sender_id: str, reader: Membership, message_id: str, now: datetime) -> None:
        def attempt() -> None:
            seen = self.conversations.membership(sender_id, reader.conversation_id)
            if seen is None or seen.receipts.get(reader.user_id, "") >= message_id:
                return

            def work(seq: int, unit_of_work: UnitOfWork) -> Sequence[Entry]:
                self.conversations.receipt(seen, reader.user_id, message_id, seq, unit_of_work)
                data = {"conversationId": reader.conversation_id, "userId": reader.user_id, "messageId": message_id}
                return [Entry(Kind.READ, data)]

            self.inbox.write(sender_id, work, now)

        until_settled(attempt)
