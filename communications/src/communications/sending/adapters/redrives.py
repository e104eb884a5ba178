"""Redrives in DynamoDB."""

from typing import Any, Self

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from communications.sending.domain.outbox import SendState
from communications.sending.domain.redriving import REDRIVE, Redrive, RedrivePage
from communications.sending.domain.settling import Plan, Step
from shared.dynamodb.attributes import DocumentsAttribute, MomentAttribute
from shared.dynamodb.records import Record, select
from shared.dynamodb.transactions import Transaction
from shared.persistence.unit_of_work import UnitOfWork

_ALL = "all"


class NewestRedrives(GlobalSecondaryIndex["RedriveRecord"]):
    class Meta:
        index_name = "Newest"
        projection = AllProjection()

    of_list = UnicodeAttribute(hash_key=True, attr_name="list")
    redrive_id = UnicodeAttribute(range_key=True, attr_name="redriveId")


class RedriveRecord(Record):
    """`of_list` is the same for all: ids sort by time."""

    newest = NewestRedrives()

    redrive_id = UnicodeAttribute(hash_key=True, attr_name="redriveId")
    of_list = UnicodeAttribute(attr_name="list")
    sends = DocumentsAttribute()
    may_arrive_twice = BooleanAttribute(attr_name="mayArriveTwice")
    note = UnicodeAttribute()
    by = UnicodeAttribute()
    at_time = MomentAttribute(attr_name="at")

    @classmethod
    def of(cls, redrive: Redrive) -> Self:
        return cls(
            redrive.redrive_id,
            of_list=_ALL,
            sends=[_document(plan) for plan in redrive.plans],
            may_arrive_twice=redrive.may_arrive_twice,
            note=redrive.note,
            by=redrive.by,
            at_time=redrive.at,
        )

    def to_redrive(self) -> Redrive:
        return Redrive(
            redrive_id=self.redrive_id,
            plans=tuple(map(_plan, self.sends)),
            may_arrive_twice=self.may_arrive_twice,
            note=self.note,
            by=self.by,
            at=self.at_time,
        )


class DynamoRedrives:
    """The Redrives table."""

    def __init__(self, redrives_table: str) -> None:
        self._redrives = RedriveRecord.at(redrives_table)

    def add(self, redrive: Redrive, unit_of_work: UnitOfWork) -> None:
        """A put of a transaction."""
        is_new = RedriveRecord.redrive_id.does_not_exist()
        Transaction.of(unit_of_work).save(REDRIVE, self._redrives.of(redrive), is_new)

    def listed(self, after: str | None, limit: int) -> RedrivePage:
        """One Query of an index, which follows the table within a second."""
        older = NewestRedrives.redrive_id < after if after else None
        records = select(self._redrives.newest, _ALL, older, newest_first=True, limit=limit + 1)
        items = tuple(record.to_redrive() for record in records[:limit])
        return RedrivePage(items, items[-1].redrive_id if len(records) > limit else None)


def _document(plan: Plan) -> dict[str, Any]:
    return {
        "sendId": plan.outbox_id,
        "step": plan.step.name,
        "state": plan.state and plan.state.value,
        "reason": plan.reason,
    }


def _plan(document: dict[str, Any]) -> Plan:
    state = document["state"]
    return Plan(document["sendId"], Step[document["step"]], SendState(state) if state else None, document["reason"])
