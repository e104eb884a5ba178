"""Sends each follower of a run what it has not had yet, in order."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from shared.errors import Unavailable
from shared.observability.logs import logger
from shared.runs.run import Frame, Sender


class Delivery:
    """Of one run's frames. `threads` send to several followers at once."""

    def __init__(self, sender: Sender, threads: ThreadPoolExecutor) -> None:
        self._sender, self._threads = sender, threads
        self._began_after: dict[str, int] = {}
        self._received: dict[str, int] = {}
        self._gone: set[str] = set()

    def follow(self, followers: Mapping[str, int]) -> None:
        """Who follows, each with the last frame that it had when it began."""
        for connection_id, after in followers.items():
            if self._began_after.get(connection_id) != after:  # new, or came back and had another frame by then
                self._began_after[connection_id] = self._received[connection_id] = after

    def send(self, frames: Sequence[Frame]) -> bool:
        """Whether every follower who is there has all frames now."""
        behind = [
            connection_id
            for connection_id, received in self._received.items()
            if received < len(frames) and connection_id not in self._gone
        ]
        if len(behind) == 1:
            return self._send(behind[0], frames)
        return all(list(self._threads.map(lambda connection_id: self._send(connection_id, frames), behind)))

    def _send(self, connection_id: str, frames: Sequence[Frame]) -> bool:
        for frame in frames[self._received[connection_id] :]:
            try:
                if not self._sender.send(connection_id, frame.message):
                    self._gone.add(connection_id)
                    return True
            except Unavailable:
                logger.warning("frame not sent, it waits for the next", extra={"runId": frame.run_id, "seq": frame.seq})
                return False
            self._received[connection_id] = frame.seq
        return True
