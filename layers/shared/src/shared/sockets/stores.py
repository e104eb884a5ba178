"""Tickets, connections and parts of messages, in DynamoDB tables with a time to live."""

from datetime import datetime, timedelta
from typing import Any, Self

from pynamodb.attributes import UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from shared.auth.callers import Caller
from shared.dynamodb.attributes import IntegerAttribute, MomentAttribute, SecondsAttribute, TextsAttribute
from shared.dynamodb.records import ConditionFailed, Record, attribute, select
from shared.dynamodb.scans import count
from shared.errors import Invalid, TooLarge
from shared.sockets.connections import CONNECTION_LIFE, MAX_MESSAGE_BYTES, Connection, Part, Ticket, joined

_PARTS_LIFE = timedelta(minutes=10)
_PART = "part:"


class TicketRecord(Record):
    digest = UnicodeAttribute(hash_key=True)
    user_id = UnicodeAttribute(attr_name="userId")
    groups = TextsAttribute()
    signed_in_at = MomentAttribute(attr_name="signedInAt")
    session_id = UnicodeAttribute(attr_name="sessionId")
    expires_at = SecondsAttribute(attr_name="expiresAt")
    redeemed_at = MomentAttribute(null=True, attr_name="redeemedAt")


class ConnectionsByUser(GlobalSecondaryIndex["ConnectionRecord"]):
    class Meta:
        index_name = "ByUser"
        projection = AllProjection()

    user_id = UnicodeAttribute(hash_key=True, attr_name="userId")


class ConnectionRecord(Record):
    by_user = ConnectionsByUser()

    connection_id = UnicodeAttribute(hash_key=True, attr_name="connectionId")
    user_id = UnicodeAttribute(attr_name="userId")
    session_id = UnicodeAttribute(attr_name="sessionId")
    timestamp = MomentAttribute()
    expires_at = SecondsAttribute(attr_name="expiresAt")


class PartsRecord(Record):
    """All parts of one message: `part:0`, `part:1`, … are attributes of their own, so that one write completes it.

    They are bytes, because a part may begin or end within a character.
    """

    message = UnicodeAttribute(hash_key=True)
    part_count = IntegerAttribute(attr_name="count")
    expires_at = SecondsAttribute(attr_name="expiresAt")
    pieces: dict[int, str]

    @classmethod
    def from_raw_data(cls, data: dict[str, Any]) -> Self:
        record = super().from_raw_data(data)
        parts = {name.removeprefix(_PART): value for name, value in data.items() if name.startswith(_PART)}
        record.pieces = {int(index): value["B"].decode(errors="surrogatepass") for index, value in parts.items()}
        return record


class DynamoTickets:
    def __init__(self, table: str) -> None:
        self._tickets = TicketRecord.at(table)

    def add(self, ticket: Ticket) -> None:
        """One put."""
        self._tickets(
            ticket.digest,
            user_id=ticket.caller.user_id,
            groups=tuple(sorted(ticket.caller.groups)),
            signed_in_at=ticket.caller.signed_in_at,
            session_id=ticket.session_id,
            expires_at=ticket.expires_at,
        ).put()

    def redeem(self, digest: str, now: datetime) -> Ticket | None:
        """One conditional update: of two at once, one gets the ticket. The row stays until its time is over."""
        usable = (TicketRecord.expires_at > now) & TicketRecord.redeemed_at.does_not_exist()
        try:
            record = self._tickets(digest).change(TicketRecord.redeemed_at.set(now), condition=usable)
        except ConditionFailed:
            return None
        caller = Caller(record.user_id, frozenset(record.groups), record.signed_in_at)
        return Ticket(digest, caller, record.session_id, record.expires_at)


class DynamoConnections:
    def __init__(self, table: str) -> None:
        self._connections = ConnectionRecord.at(table)

    def add(self, connection: Connection, opened_at: datetime) -> None:
        self._connections(
            connection.connection_id,
            user_id=connection.caller.user_id,
            session_id=connection.session_id,
            timestamp=opened_at,
            expires_at=opened_at + CONNECTION_LIFE,
        ).put()

    def remove(self, connection_id: str) -> None:
        self._connections(connection_id).remove()

    def of_user(self, user_id: str, now: datetime) -> tuple[str, ...]:
        """One query of the index, which follows the table within a moment."""
        found = select(self._connections.by_user, user_id)
        return tuple(record.connection_id for record in found if record.expires_at > now)

    def count(self, now: datetime) -> int:
        """A read of the whole index: half a request unit for each 4 KB, about 30 sockets; a round trip for each MB."""
        return count(self._connections.by_user, ConnectionRecord.expires_at > now)


class DynamoParts:
    def __init__(self, table: str) -> None:
        self._parts = PartsRecord.at(table)

    def add(self, connection_id: str, part: Part, now: datetime) -> str | None:
        """One update."""
        message = self._parts(f"{connection_id}#{part.message_id}")
        fits = PartsRecord.part_count.does_not_exist() | (PartsRecord.part_count == part.count)
        try:
            record = message.change(
                attribute(f"{_PART}{part.index}").set(part.data.encode(errors="surrogatepass")),
                PartsRecord.part_count.set(part.count),
                PartsRecord.expires_at.set(now + _PARTS_LIFE),
                condition=fits,
            )
        except ConditionFailed as error:
            raise Invalid("All parts of a message must have the same count.") from error
        there = [record.pieces[index] for index in range(part.count) if index in record.pieces]
        data = joined(there)
        if len(data.encode(errors="surrogatepass")) > MAX_MESSAGE_BYTES:
            message.remove()
            raise TooLarge(f"The parts of a message must not have more than {MAX_MESSAGE_BYTES:,} bytes together.")
        return data if len(there) == part.count else None
