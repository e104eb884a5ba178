"""Brings the sender's copy of a message to its recipients, each in a transaction, as often as it has to.

What was decided first about a message and a recipient stays: who has a copy gets later versions of it, and from whom it
was withheld, because they have blocked the sender, never does, whatever is repeated, late or out of order.
"""

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime

from communications.conversations.domain.blocks import Blocks
from communications.conversations.domain.conversations import Conversations
from communications.conversations.domain.messages import Change, Message, Messages
from communications.conversations.domain.sending import People
from communications.inbox.domain.inbox import Entry, Inbox
from shared.persistence.settling import until_settled
from shared.persistence.unit_of_work import UnitOfWork, WriteRefused


@dataclass(frozen=True, slots=True)
class FanOut:
    conversations: Conversations
    messages: Messages
    people: People
    blocks: Blocks
    inbox: Inbox
    threads: Executor

    def deliver(self, message: Message, now: datetime) -> None:
        """Bring this version of the sender's copy to all recipients. Raises what failed for the first of them."""
        copies = self.messages.find_all([(message.message_id, user_id) for user_id in message.recipients])
        by_user = {copy.user_id: copy for copy in copies}
        left = [user_id for user_id in message.recipients if not _has(by_user.get(user_id), message)]
        if not left:
            return
        here, blocking = frozenset(self.people.names(left)), self.blocks.blocking(message.sender_id, left)
        running = [
            self.threads.submit(self._bring, message, user_id, by_user.get(user_id), user_id in blocking, now)
            for user_id in left
            if user_id in here
        ]
        failed = [error for error in [each.exception() for each in running] if error]
        if failed:
            raise failed[0]

    def _bring(self, message: Message, user_id: str, copy: Message | None, is_blocked: bool, now: datetime) -> None:
        try:
            self._bring_once(message, user_id, copy, is_blocked, now)
        except WriteRefused:  # another attempt to bring it was first
            until_settled(
                lambda: self._bring_once(
                    message, user_id, self.messages.find(message.message_id, user_id), is_blocked, now
                )
            )

    def _bring_once(
        self, message: Message, user_id: str, copy: Message | None, is_blocked: bool, now: datetime
    ) -> None:
        if _has(copy, message):
            return
        if copy:
            self._change(copy, message.copy_for(user_id, copy.seq), now)
        elif is_blocked or message.deleted:
            self.messages.withhold(message.copy_for(user_id, None))
        else:
            self._add(message, user_id, now)

    def _add(self, message: Message, user_id: str, now: datetime) -> None:
        def work(seq: int, unit_of_work: UnitOfWork) -> Sequence[Entry]:
            copy = message.copy_for(user_id, seq)
            self.messages.add(copy, unit_of_work)
            self.conversations.arrived(copy, unit_of_work)
            return [copy.entry(Change.SENT, unread=1)]

        self.inbox.write(user_id, work, now)

    def _change(self, seen: Message, copy: Message, now: datetime) -> None:
        def work(seq: int, unit_of_work: UnitOfWork) -> Sequence[Entry]:
            self.messages.change(seen, copy, seq, unit_of_work)
            self.conversations.changed(copy, seq, unit_of_work)
            return [copy.entry(copy.latest_change)]

        self.inbox.write(copy.user_id, work, now)


def _has(copy: Message | None, message: Message) -> bool:
    """Whether nothing is left to be done for the copy's user."""
    return copy is not None and (copy.is_withheld or copy.version >= message.version)
