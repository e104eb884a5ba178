"""Sends entries to all sockets of their recipients."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import chain
from typing import Protocol

from communications.inbox.domain.inbox import NumberedEntry
from shared.errors import Unavailable
from shared.sockets.connections import Connections


class Sockets(Protocol):
    """Each call has a time limit, after which it raises Unavailable."""

    def send(self, connection_id: str, message: Mapping[str, object]) -> bool:
        """False where the socket is gone, which is forgotten then."""
        ...

    def close(self, connection_id: str) -> None: ...


class Outcome(StrEnum):
    SENT = "sent"
    GONE = "gone"
    SLOW = "slow"


@dataclass(frozen=True, slots=True)
class Delivered:
    """How many sockets got everything, were gone, or were closed because they were too slow."""

    sent: int
    gone: int
    slow: int


class Deliverer:
    """`threads` send to several sockets at once; what is sent to one of them keeps its order."""

    def __init__(self, connections: Connections, sockets: Sockets, threads: Executor) -> None:
        self._connections, self._sockets, self._threads = connections, sockets, threads

    def deliver(self, entries: Sequence[NumberedEntry], now: datetime) -> Delivered:
        """One query for each recipient, and a call for each socket and entry. Raises Unavailable.

        Delivered again, entries change nothing: clients recognize them by their numbers. A socket that does not take an
        entry in time is closed, so that it delays others once at most: its client comes back, and catches up.
        """
        frames: dict[str, list[Mapping[str, object]]] = defaultdict(list)
        for entry in entries:
            frames[entry.user_id].append(entry.frame)
        sockets = self._threads.map(lambda user_id: self._connections.of_user(user_id, now), frames)
        receivers = chain.from_iterable(
            ((connection_id, of_user) for connection_id in connection_ids)
            for connection_ids, of_user in zip(sockets, frames.values(), strict=True)
        )
        outcomes = list(self._threads.map(lambda receiver: self._send(*receiver), receivers))
        return Delivered(*(outcomes.count(outcome) for outcome in Outcome))

    def _send(self, connection_id: str, frames: Sequence[Mapping[str, object]]) -> Outcome:
        try:
            for frame in frames:
                if not self._sockets.send(connection_id, frame):
                    return Outcome.GONE
        except Unavailable:
            self._close(connection_id)
            return Outcome.SLOW
        return Outcome.SENT

    def _close(self, connection_id: str) -> None:
        try:
            self._sockets.close(connection_id)
        except Unavailable:  # then its client finds the gap by the next number
            return
        self._connections.remove(connection_id)
