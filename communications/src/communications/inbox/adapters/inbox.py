"""Inboxes in DynamoDB."""

import random
import time
from collections.abc import Callable, Sequence
from datetime import datetime

from communications.inbox.adapters.records import EntryRecord, HeadRecord
from communications.inbox.domain.inbox import Head, NumberedEntry, Work
from shared.dynamodb.records import select
from shared.dynamodb.transactions import Transaction
from shared.persistence.unit_of_work import StillConflicting, WriteRefused
from shared.resilience.backoff import Backoff

_HEAD, _ENTRY = "head of the inbox", "entry of the inbox"
_ATTEMPTS = 20  # against other writers for the same recipient: up to 8 s
_FIRST_WAIT_SECONDS, _LONGEST_WAIT_SECONDS = 0.02, 0.8


class DynamoInbox:
    """Of a recipient, one row in the table of heads, and a row for each entry."""

    def __init__(
        self,
        heads_table: str,
        entries_table: str,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self._heads, self._entries = HeadRecord.at(heads_table), EntryRecord.at(entries_table)
        self._sleep, self._jitter = sleep, jitter

    def head(self, user_id: str) -> Head:
        """One consistent GetItem."""
        record = self._heads.find(user_id)
        return record.to_head() if record else Head(user_id)

    def write(self, user_id: str, work: Work, now: datetime) -> Head:
        """One GetItem and one transaction, two writes and those of `work`; again for each writer who was first."""
        backoff = Backoff(_FIRST_WAIT_SECONDS, _LONGEST_WAIT_SECONDS, sleep=self._sleep, jitter=self._jitter)
        for attempts_left in reversed(range(_ATTEMPTS)):
            head, transaction = self.head(user_id), Transaction()
            numbered = head.numbered(work(head.last_seq + 1, transaction))
            if not numbered:
                raise ValueError("what changes nothing for the recipient has no place in the inbox")
            self._add(head, numbered, transaction, now)
            try:
                transaction.commit()
            except WriteRefused as error:
                if error.refused - {_HEAD, _ENTRY}:
                    raise
            except StillConflicting as error:
                if not attempts_left or error.conflicting - {_HEAD, _ENTRY}:
                    raise
            else:
                last = numbered[-1]
                return Head(user_id, last.seq, last.unread)
            backoff.pause()
        raise StillConflicting(frozenset({_HEAD}))

    def _add(self, head: Head, numbered: Sequence[NumberedEntry], transaction: Transaction, now: datetime) -> None:
        """Entries are never written over: where one is there, the head has moved on."""
        as_read = HeadRecord.last_seq == head.last_seq if head.last_seq else HeadRecord.user_id.does_not_exist()
        transaction.save(_HEAD, self._heads.of(numbered[-1]), as_read)
        for entry in numbered:
            transaction.save(_ENTRY, self._entries.of(entry, now))

    def since(self, user_id: str, seq: int, limit: int, now: datetime) -> Sequence[NumberedEntry]:
        """One consistent Query for each MB; entries are small."""
        found = select(self._entries, user_id, EntryRecord.seq > seq, limit=limit)
        return [record.to_entry() for record in found if record.expires_at > now]
