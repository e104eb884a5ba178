"""Sockets and their tickets in memory."""

from datetime import datetime

from shared.sockets.connections import Connection, Ticket
from tests.shared.runs.fake_runs import FakeSender


class FakeTickets:
    def __init__(self) -> None:
        self.by_digest: dict[str, Ticket] = {}

    def add(self, ticket: Ticket) -> None:
        self.by_digest[ticket.digest] = ticket

    def redeem(self, digest: str, now: datetime) -> Ticket | None:
        ticket = self.by_digest.pop(digest, None)
        return ticket if ticket and ticket.expires_at > now else None


class FakeConnections:
    def __init__(self) -> None:
        self.by_id: dict[str, Connection] = {}

    def add(self, connection: Connection, _: datetime) -> None:
        self.by_id[connection.connection_id] = connection

    def remove(self, connection_id: str) -> None:
        self.by_id.pop(connection_id, None)

    def of_user(self, user_id: str, _: datetime) -> tuple[str, ...]:
        return tuple(id_ for id_, connection in self.by_id.items() if connection.caller.user_id == user_id)

    def count(self, _: datetime) -> int:
        return len(self.by_id)


class ClosingSender(FakeSender):
    def __init__(self) -> None:
        super().__init__()
        self.closed: list[str] = []

    def close(self, connection_id: str) -> None:
        self.closed.append(connection_id)
