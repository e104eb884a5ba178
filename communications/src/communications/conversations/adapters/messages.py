"""Messages in DynamoDB: a row for each user's copy, and threads of pointers to them."""

from collections.abc import Sequence
from dataclasses import replace

from communications.conversations.adapters.records import MessageRecord, PointerRecord
from communications.conversations.domain.messages import COPY, Message, Pointer, Thread
from shared.dynamodb.connection import readers
from shared.dynamodb.records import ConditionFailed, select
from shared.dynamodb.transactions import Transaction
from shared.persistence.unit_of_work import UnitOfWork

_POINTER, _CHANGE, _LAST_CHANGE = "pointer", "pointer to the change", "pointer to the last change"


class DynamoMessages:
    """The tables Messages and Threads. A pointer has 150 bytes, so 4 KB, one unit of a consistent read, have 25."""

    def __init__(self, messages_table: str, threads_table: str) -> None:
        self._messages, self._pointers = MessageRecord.at(messages_table), PointerRecord.at(threads_table)

    def find(self, message_id: str, user_id: str) -> Message | None:
        """One consistent GetItem."""
        record = self._messages.find(message_id, user_id)
        return record.to_message() if record else None

    def find_all(self, keys: Sequence[tuple[str, str]]) -> Sequence[Message]:
        """One consistent BatchGetItem for each hundred."""
        return [record.to_message() for record in self._messages.find_many(keys)] if keys else []

    def add(self, copy: Message, unit_of_work: UnitOfWork) -> None:
        """Two puts in a transaction."""
        assert copy.seq is not None  # noqa: S101  a copy that is withheld has no place in a thread
        transaction = Transaction.of(unit_of_work)
        transaction.save(COPY, self._messages.of(copy), MessageRecord.message_id.does_not_exist())
        transaction.save(_POINTER, self._pointer(_thread_id(copy), copy.seq, copy))

    def change(self, seen: Message, copy: Message, seq: int, unit_of_work: UnitOfWork) -> None:
        """Two puts in a transaction, and a delete from the second change on."""
        transaction = Transaction.of(unit_of_work)
        changed = self._messages.of(replace(copy, changed_seq=seq))
        transaction.save(COPY, changed, MessageRecord.version == seen.version)
        if seen.changed_seq is not None:
            transaction.remove(_LAST_CHANGE, self._pointers(_changes_id(copy), seen.changed_seq))
        transaction.save(_CHANGE, self._pointer(_changes_id(copy), seq, copy))

    def withhold(self, copy: Message) -> None:
        """One put."""
        try:
            self._messages.of(copy).put(MessageRecord.message_id.does_not_exist())
        except ConditionFailed:
            return

    def newest(self, thread: Thread, up_to: int, limit: int) -> Sequence[Pointer]:
        """One consistent Query, which reads no more than it gives."""
        in_range = PointerRecord.seq <= up_to
        found = select(self._pointers, _thread_id(thread), in_range, newest_first=True, limit=limit)
        return [record.to_pointer() for record in found]

    def since(self, thread: Thread, after: int, up_to: int, limit: int) -> Sequence[Pointer]:
        """One round of two consistent Queries."""
        if after >= up_to:
            return []
        in_range = PointerRecord.seq.between(after + 1, up_to)
        ids = _thread_id(thread), _changes_id(thread)
        found = readers().map(lambda id_: select(self._pointers, id_, in_range, limit=limit), ids)
        pointers = sorted((record.to_pointer() for part in found for record in part), key=lambda each: each.seq)
        return pointers[:limit]

    def unread(self, thread: Thread, after: int) -> int:
        """One consistent Query of what arrived later: mostly nothing."""
        found = select(
            self._pointers,
            _thread_id(thread),
            PointerRecord.seq > after,
            attributes=[PointerRecord.sender_id],
        )
        return sum(record.sender_id != thread.user_id for record in found)

    def _pointer(self, thread_id: str, seq: int, copy: Message) -> PointerRecord:
        return self._pointers(thread_id, seq, message_id=copy.message_id, sender_id=copy.sender_id)


def _thread_id(of: Message | Thread) -> str:
    return f"{of.conversation_id}#{of.user_id}"


def _changes_id(of: Message | Thread) -> str:
    return f"{_thread_id(of)}#changes"
