"""Sockets of communications in memory."""

from collections import defaultdict
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Lock

from communications.sockets.domain.delivering import Deliverer
from communications.sockets.domain.following import MAX_STREAMS, STREAM_LIFE
from communications.sockets.requests import InboxRouter
from shared.auth.callers import Caller
from shared.errors import Unavailable
from shared.event_streams.tickets import StreamTickets
from shared.sockets.connections import Connection
from tests.communications.examples import NOW
from tests.communications.inbox.fakes import FakeInbox
from tests.shared.auth.fake_ends import FakeEnds, access_of
from tests.shared.runs.fake_runs import FakeClock
from tests.shared.sockets.fake_sockets import ClosingSender, FakeConnections, FakeTickets


class PartialSender(ClosingSender):
    """Some sockets are `gone`, some `slow`: they take nothing in time."""

    def __init__(self, connections: FakeConnections) -> None:
        super().__init__()
        self._connections = connections
        self.away, self.slow = set[str](), set[str]()

    def send(self, connection_id: str, message: Mapping[str, object]) -> bool:
        if connection_id in self.slow:
            raise Unavailable("too slow")
        if connection_id in self.away:
            self._connections.remove(connection_id)
            return False
        return super().send(connection_id, message)


class FakeStreams:
    def __init__(self) -> None:
        self._lock, self._open = Lock(), defaultdict[str, dict[str, datetime]](dict)

    def open(self, user_id: str, stream_id: str, now: datetime) -> bool:
        with self._lock:
            there = {each: at for each, at in self._open[user_id].items() if at + STREAM_LIFE > now}
            is_room = len(there) < MAX_STREAMS
            self._open[user_id] = there | ({stream_id: now} if is_room else {})
            return is_room

    def close(self, user_id: str, stream_id: str, _: datetime) -> None:
        self._open[user_id].pop(stream_id, None)


class Stage:
    def __init__(self) -> None:
        self.tickets, self.connections, self.access_ends = FakeTickets(), FakeConnections(), FakeEnds()
        self.access, self.inbox = access_of(self.access_ends), FakeInbox()
        self.sender = PartialSender(self.connections)
        self.router = InboxRouter(sender=self.sender, access=self.access, inbox=self.inbox, now=lambda: NOW)
        self.streams, self.stream_tickets, self.clock = FakeStreams(), StreamTickets("a key for tests"), FakeClock()
        self.deliverer = Deliverer(self.connections, self.sender, ThreadPoolExecutor(4))

    def open(self, *connection_ids: str, user_id: str = "ada", at: datetime = NOW) -> None:
        for connection_id in connection_ids:
            self.connections.add(Connection(connection_id, Caller(user_id), "s1"), at)
