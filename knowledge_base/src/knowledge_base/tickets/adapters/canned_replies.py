"""Canned replies in DynamoDB."""

from datetime import datetime

from knowledge_base.tickets.adapters.records import CannedReplyRecord
from knowledge_base.tickets.domain.canned_replies import CannedReply, CannedReplyPage
from knowledge_base.tickets.domain.stores import Answers
from shared.dynamodb.records import ConditionFailed, select
from shared.dynamodb.transactions import Transaction
from shared.idempotency.claims import Claim, translated_refusals

_LIBRARY = "help-desk"
_REPLY = "canned reply"


class DynamoCannedReplies:
    def __init__(self, canned_replies_table: str, first_answers: Answers) -> None:
        self._replies, self._first_answers = CannedReplyRecord.at(canned_replies_table), first_answers

    def add(self, reply: CannedReply, claim: Claim | None, answered: object, now: datetime) -> None:
        """One transaction."""
        transaction = Transaction()
        transaction.save(_REPLY, self._record(reply))
        self._first_answers.record(claim.answered(answered, now) if claim else None, transaction)
        with translated_refusals():
            transaction.commit()

    def find(self, canned_reply_id: str) -> CannedReply | None:
        """One consistent GetItem."""
        record = self._replies.find(_LIBRARY, canned_reply_id)
        return record.to_reply() if record else None

    def listed(self, after: str | None, limit: int) -> CannedReplyPage:
        """One consistent Query."""
        before = CannedReplyRecord.canned_reply_id < after if after else None
        found = select(self._replies, _LIBRARY, before, newest_first=True, limit=limit + 1)
        items = [record.to_reply() for record in found[:limit]]
        return CannedReplyPage(items, items[-1].canned_reply_id if len(found) > limit else None)

    def replace(self, reply: CannedReply) -> bool:
        """One put."""
        try:
            self._record(reply).put(CannedReplyRecord.version == reply.version - 1)
        except ConditionFailed:
            return False
        return True

    def remove(self, canned_reply_id: str) -> None:
        """One delete."""
        self._replies(_LIBRARY, canned_reply_id).remove()

    def _record(self, reply: CannedReply) -> CannedReplyRecord:
        return self._replies(
            _LIBRARY,
            reply.canned_reply_id,
            title=reply.title,
            text=reply.text,
            updated_by=reply.updated_by,
            created_at=reply.created_at,
            updated_at=reply.updated_at,
            version=reply.version,
        )
