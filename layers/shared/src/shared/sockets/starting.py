"""What a message over a socket starts: a run, which the socket follows."""

from collections.abc import Callable
from typing import Protocol

from shared.runs.run import Accepted, Run
from shared.runs.service import RunService
from shared.sockets.connections import Connection


class Start(Protocol):
    def __call__(self, *, followed_by: str, announce: Callable[[Run], object]) -> Accepted:
        """Start a run that a connection follows, and announce it; or find the first one of a repeated message."""
        ...


def start_followed(connection: Connection, start: Start, runs: RunService, announce: Callable[[Run], object]) -> None:
    """Start a run, which the connection follows; of a repeated message, follow the first. Raises what `start` does."""
    started: list[Run] = []

    def announce_new(run: Run) -> None:
        started.append(run)
        announce(run)

    accepted = start(followed_by=connection.connection_id, announce=announce_new)
    if not started and (first := runs.find(accepted.run_id)):
        announce(first)
        runs.follow(first, connection.connection_id, after=0)
