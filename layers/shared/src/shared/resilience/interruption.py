"""Ends what a thread waits for, from another thread.

A thread that reads from a socket does not notice that nobody wants the answer any more, unless the socket is shut down.
Calls to AWS in a thread that is `interruptible_by` something break off when that ends, and are not repeated.
"""

import select
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Interruption:
    """Of one thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sockets: set[socket.socket] = set()
        self._has_ended = False

    @property
    def has_ended(self) -> bool:
        return self._has_ended

    def end(self) -> None:
        """Whoever waits, and whoever will, finds the connection closed."""
        with self._lock:
            self._has_ended = True
            for each in self._sockets:
                _shut(each)

    def has_waiting_data(self) -> bool:
        """Whether something has arrived that the thread has not read yet."""
        with self._lock:
            sockets = [each for each in self._sockets if each.fileno() >= 0]
        if any(isinstance(each, ssl.SSLSocket) and each.pending() for each in sockets):
            return True
        poll = select.poll()  # select() takes no file descriptor above 1,023
        for each in sockets:
            poll.register(each, select.POLLIN)
        return bool(poll.poll(0))

    def add(self, connection: socket.socket) -> None:
        """The end closes this connection."""
        with self._lock:
            self._sockets.add(connection)
            if self._has_ended:
                _shut(connection)

    def discard(self, connection: socket.socket) -> None:
        """The end leaves it open: somebody else uses it now."""
        with self._lock:
            self._sockets.discard(connection)

    def discard_all(self) -> None:
        with self._lock:
            self._sockets.clear()


_here = threading.local()


def current() -> Interruption | None:
    """The thread's own, if it has one."""
    found: Interruption | None = getattr(_here, "interruption", None)
    return found


def is_interrupted() -> bool:
    """Whether nobody wants any more what this thread does."""
    interruption = current()
    return interruption is not None and interruption.has_ended


@contextmanager
def interruptible_by(interruption: Interruption) -> Iterator[None]:
    """Within the block, what this thread waits for ends with the interruption."""
    before, _here.interruption = current(), interruption
    try:
        yield
    finally:
        _here.interruption = before
        interruption.discard_all()


def _shut(connection: socket.socket) -> None:
    with suppress(OSError):  # the other side was quicker
        socket.socket.shutdown(connection, socket.SHUT_RDWR)  # of TLS too: its own would drop what the reader holds
