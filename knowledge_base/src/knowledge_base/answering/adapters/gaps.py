"""Gaps in DynamoDB, one for each ticket."""

from base64 import b64decode, b64encode
from datetime import datetime
from struct import pack, unpack

from pynamodb.attributes import UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from knowledge_base.answering.domain.gaps import Gap, Vector
from shared.dynamodb.attributes import MomentAttribute, SecondsAttribute
from shared.dynamodb.records import Record, select
from shared.dynamodb.transactions import Transaction
from shared.erasure.tombstones import DynamoTombstones
from shared.persistence.unit_of_work import UnitOfWork, Write

_OPEN = "open"
_GAP = "gap"


class GapsByTime(GlobalSecondaryIndex["GapRecord"]):
    class Meta:
        index_name = "ByTime"
        projection = AllProjection()

    state = UnicodeAttribute(hash_key=True)
    requested_at = MomentAttribute(range_key=True, attr_name="requestedAt")


class GapRecord(Record):
    """`state` is always the same: all of them are one list. A vector is kept as float32 in base64."""

    by_time = GapsByTime()

    ticket_id = UnicodeAttribute(hash_key=True, attr_name="ticketId")
    user_id = UnicodeAttribute(attr_name="userId")
    state = UnicodeAttribute()
    question = UnicodeAttribute()
    requested_at = MomentAttribute(attr_name="requestedAt")
    vector = UnicodeAttribute(null=True)
    expires_at = SecondsAttribute(attr_name="expiresAt")


class DynamoGaps:
    def __init__(self, gaps_table: str, tombstones: DynamoTombstones) -> None:
        self._gaps, self._tombstones = GapRecord.at(gaps_table), tombstones

    def is_erased(self, user_id: str) -> bool:
        """One consistent GetItem."""
        return self._tombstones.stands_for(user_id)

    def record(self, gap: Gap) -> Write:
        """A put and a check in a transaction."""
        record = self._gaps(
            gap.ticket_id,
            user_id=gap.user_id,
            state=_OPEN,
            question=gap.question,
            requested_at=gap.requested_at,
            vector=_packed(gap.vector),
            expires_at=gap.expires_at,
        )

        def write(unit_of_work: UnitOfWork) -> None:
            transaction = Transaction.of(unit_of_work)
            self._tombstones.require_none(transaction, gap.user_id)
            transaction.save(_GAP, record)

        return write

    def close(self, ticket_id: str) -> Write:
        """A delete in a transaction."""

        def write(unit_of_work: UnitOfWork) -> None:
            Transaction.of(unit_of_work).remove(_GAP, self._gaps(ticket_id))

        return write


class DynamoGapList:
    """For whoever only reads them."""

    def __init__(self, gaps_table: str) -> None:
        self._gaps = GapRecord.at(gaps_table)

    def newest(self, limit: int, now: datetime) -> tuple[Gap, ...]:
        """A Query of the index, which may be a moment behind: 1.5 KB an item."""
        found = select(self._gaps.by_time, _OPEN, newest_first=True, limit=limit)
        return tuple(
            Gap(each.ticket_id, each.user_id, each.question, each.requested_at, _unpacked(each.vector))
            for each in found
            if each.expires_at > now
        )


def _packed(vector: Vector) -> str | None:
    return b64encode(pack(f"<{len(vector)}f", *vector)).decode() if vector else None


def _unpacked(text: str | None) -> Vector:
    data = b64decode(text or "")
    return unpack(f"<{len(data) // 4}f", data)
