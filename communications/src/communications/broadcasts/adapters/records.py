"""Broadcasts as the Broadcasts table has them."""

from typing import Any, Self

from pynamodb.attributes import Attribute, BooleanAttribute, UnicodeAttribute
from pynamodb.expressions.update import Action
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from communications.broadcasts.domain.broadcasts import Broadcast, BroadcastState, Report, Segment
from communications.notifications.domain.types import Channel
from shared.dynamodb.attributes import DocumentAttribute, IntegerAttribute, MomentAttribute, TextsAttribute
from shared.dynamodb.records import Record, without_nulls

ALL = "all"


class Newest(GlobalSecondaryIndex["BroadcastRecord"]):
    class Meta:
        index_name = "Newest"
        projection = AllProjection()

    of_list = UnicodeAttribute(hash_key=True, attr_name="list")
    broadcast_id = UnicodeAttribute(range_key=True, attr_name="broadcastId")


class BroadcastRecord(Record):
    """`of_list` is the same for all: ids sort by time."""

    newest = Newest()

    broadcast_id = UnicodeAttribute(hash_key=True, attr_name="broadcastId")
    of_list = UnicodeAttribute(attr_name="list")
    title = UnicodeAttribute()
    content = UnicodeAttribute()
    segment = DocumentAttribute()
    channels = TextsAttribute()
    created_by = UnicodeAttribute(attr_name="createdBy")
    created_at = MomentAttribute(attr_name="createdAt")
    state = UnicodeAttribute()
    page = IntegerAttribute()
    after = UnicodeAttribute(null=True)
    is_through = BooleanAttribute(attr_name="isThrough")
    recipients = IntegerAttribute()
    counts = DocumentAttribute()
    ended_at = MomentAttribute(null=True, attr_name="endedAt")

    @classmethod
    def of(cls, broadcast: Broadcast) -> Self:
        segment: dict[str, Any] = {"interest": broadcast.segment.interest, "language": broadcast.segment.language}
        return cls(
            broadcast.broadcast_id,
            of_list=ALL,
            title=broadcast.title,
            content=broadcast.content,
            segment=segment,
            channels=tuple(sorted(broadcast.channels)),
            created_by=broadcast.created_by,
            created_at=broadcast.created_at,
            state=broadcast.state.value,
            page=broadcast.page,
            after=broadcast.after,
            is_through=broadcast.is_through,
            recipients=broadcast.report.recipients,
            counts=_counts(broadcast.report),
            ended_at=broadcast.ended_at,
        )

    @classmethod
    def progress_of(cls, broadcast: Broadcast) -> list[Action]:
        progress: list[tuple[Attribute[Any], Any]] = [
            (cls.page, broadcast.page),
            (cls.after, broadcast.after),
            (cls.is_through, broadcast.is_through),
            (cls.recipients, broadcast.report.recipients),
            (cls.counts, _counts(broadcast.report)),
        ]
        return without_nulls(attribute.set(value) for attribute, value in progress)

    def to_broadcast(self) -> Broadcast:
        counts = {channel: {name: int(n) for name, n in of_it.items()} for channel, of_it in self.counts.items()}
        return Broadcast(
            broadcast_id=self.broadcast_id,
            title=self.title,
            content=self.content,
            segment=Segment(self.segment["interest"], self.segment["language"]),
            channels=frozenset(map(Channel, self.channels)),
            created_by=self.created_by,
            created_at=self.created_at,
            state=BroadcastState(self.state),
            page=self.page,
            after=self.after,
            is_through=self.is_through,
            report=Report(self.recipients, counts),
            ended_at=self.ended_at,
        )


def _counts(report: Report) -> dict[str, Any]:
    return {channel: dict(of_it) for channel, of_it in report.counts.items()}
