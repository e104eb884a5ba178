"""Tickets, connections, parts of messages and ends of access, in DynamoDB tables with a time to live."""

from datetime import UTC, datetime, timedelta

from shared.auth.callers import Caller
from shared.dynamodb.tables import ConditionFailed, Table, attribute, set_to
from shared.errors import Invalid, TooLarge
from shared.json.encoding import moment, rfc3339
from shared.sockets.connections import CONNECTION_LIFE, MOST_BYTES, Connection, Part, Ticket

_PARTS_LIFE = timedelta(minutes=10)
_PART = "part:"
_MARKER_LIFE = timedelta(days=1)
"""Longer than an access token or a socket lives."""


class DynamoTickets:
    """By `digest`."""

    def __init__(self, table: str) -> None:
        self._table = Table(table)

    def add(self, ticket: Ticket) -> None:
        self._table.put(
            {
                "digest": ticket.digest,
                "userId": ticket.caller.user_id,
                "groups": sorted(ticket.caller.groups),
                "signedInAt": rfc3339(ticket.caller.signed_in_at),
                "sessionId": ticket.session_id,
                "expiresAt": int(ticket.expires_at.timestamp()),
            }
        )

    def redeem(self, digest: str, now: datetime) -> Ticket | None:
        """One conditional update: of two at once, one gets the ticket. The row stays until its time is over."""
        usable = (attribute("expiresAt") > int(now.timestamp())) & attribute("redeemedAt").missing()
        try:
            item = self._table.update({"digest": digest}, set_to("redeemedAt", rfc3339(now)), condition=usable)
        except ConditionFailed:
            return None
        return Ticket(
            digest=digest,
            caller=Caller(item["userId"], frozenset(item["groups"]), moment(item["signedInAt"])),
            session_id=item["sessionId"],
            expires_at=datetime.fromtimestamp(item["expiresAt"], UTC),
        )


class DynamoConnections:
    """By `connectionId`, with an index by `userId`."""

    def __init__(self, table: str) -> None:
        self._table = Table(table)

    def add(self, connection: Connection, expires_at: datetime) -> None:
        self._table.put(
            {
                "connectionId": connection.connection_id,
                "userId": connection.caller.user_id,
                "sessionId": connection.session_id,
                "expiresAt": int(expires_at.timestamp()),
            }
        )

    def remove(self, connection_id: str) -> None:
        self._table.delete({"connectionId": connection_id})

    def of_user(self, user_id: str, now: datetime) -> tuple[str, ...]:
        """One query of the index, which follows the table within a moment."""
        found = self._table.query(attribute("userId") == user_id, index="ByUser", consistent=False)
        return tuple(item["connectionId"] for item in found if item["expiresAt"] > int(now.timestamp()))


class DynamoParts:
    """By `message`: all parts of one message are attributes of one item, so that one write completes it."""

    def __init__(self, table: str) -> None:
        self._table = Table(table)

    def add(self, connection_id: str, part: Part, now: datetime) -> list[str] | None:
        """One update."""
        key = {"message": f"{connection_id}#{part.message_id}"}
        expires_at = int((now + _PARTS_LIFE).timestamp())
        fits = attribute("count").missing() | (attribute("count") == part.count)
        try:
            item = self._table.update(
                key,
                set_to(f"{_PART}{part.index}", part.data),
                set_to("count", part.count),
                set_to("expiresAt", expires_at),
                condition=fits,
            )
        except ConditionFailed as error:
            raise Invalid("The parts of one message have one count.") from error
        pieces = [item.get(f"{_PART}{index}") for index in range(part.count)]
        there = [piece for piece in pieces if piece is not None]
        if sum(len(piece.encode(errors="surrogatepass")) for piece in there) > MOST_BYTES:
            self._table.delete(key)
            raise TooLarge(f"The parts of a message may have {MOST_BYTES} bytes together.")
        return there if len(there) == part.count else None


class DynamoAccessEnds:
    """By `userId`."""

    def __init__(self, table: str) -> None:
        self._table = Table(table)

    def ended_at(self, user_id: str, now: datetime) -> datetime | None:
        """One consistent GetItem."""
        item = self._table.get({"userId": user_id})
        return moment(item["endedAt"]) if item and item["expiresAt"] > int(now.timestamp()) else None

    def end(self, user_id: str, at: datetime) -> None:
        """One update; an earlier moment than the one that is kept changes nothing."""
        newer = attribute("endedAt").missing() | (attribute("endedAt") < rfc3339(at))
        expires_at = int((at + max(_MARKER_LIFE, CONNECTION_LIFE)).timestamp())
        changes = set_to("endedAt", rfc3339(at)), set_to("expiresAt", expires_at)
        try:
            self._table.update({"userId": user_id}, *changes, condition=newer)
        except ConditionFailed:
            return
