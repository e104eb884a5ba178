"""Event streams in the table of connections: one row for each user, which no index has."""

from datetime import datetime

from pynamodb.attributes import UnicodeAttribute, UnicodeSetAttribute
from pynamodb.expressions.condition import size

from communications.sockets.domain.following import MAX_STREAMS, STREAM_LIFE
from shared.dynamodb.attributes import SecondsAttribute
from shared.dynamodb.records import ConditionFailed, Record


class StreamsRecord(Record):
    """`streams` are texts, the second in which each ends at the latest and its id."""

    connection_id = UnicodeAttribute(hash_key=True, attr_name="connectionId")
    streams = UnicodeSetAttribute(null=True)
    expires_at = SecondsAttribute(attr_name="expiresAt")


class DynamoStreams:
    def __init__(self, connections_table: str) -> None:
        self._records = StreamsRecord.at(connections_table)

    def open(self, user_id: str, stream_id: str, now: datetime) -> bool:
        """One update; two more where streams that were cut off are in the way."""
        there = self._add(user_id, stream_id, now)
        if ended := {each for each in there if int(each.partition("#")[0]) <= now.timestamp()}:
            self._of(user_id).change(StreamsRecord.streams.delete(ended))
            there = self._add(user_id, stream_id, now)
        return not there

    def close(self, user_id: str, stream_id: str, opened_at: datetime) -> None:
        """One update."""
        self._of(user_id).change(StreamsRecord.streams.delete({_text(stream_id, opened_at)}))

    def _add(self, user_id: str, stream_id: str, now: datetime) -> set[str]:
        """The streams for which there is no room for this one; nothing where it was added."""
        try:
            self._of(user_id).change(
                StreamsRecord.streams.add({_text(stream_id, now)}),
                StreamsRecord.expires_at.set(now + STREAM_LIFE),
                condition=StreamsRecord.streams.does_not_exist() | (size(StreamsRecord.streams) < MAX_STREAMS),
            )
        except ConditionFailed as refusal:
            return StreamsRecord.of_image(refusal.item or {}).streams or set()
        return set()

    def _of(self, user_id: str) -> StreamsRecord:
        return self._records(f"streams#{user_id}")


def _text(stream_id: str, opened_at: datetime) -> str:
    return f"{int((opened_at + STREAM_LIFE).timestamp())}#{stream_id}"
