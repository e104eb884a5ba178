"""Runs a server beside a test."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import HTTPServer, ThreadingHTTPServer
from typing import Any


class JoinedServer(ThreadingHTTPServer):
    """Its requests end with it: no thread of theirs runs on beside other tests."""

    daemon_threads = False

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._open = set[socket.socket]()

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def server_close(self) -> None:
        """Connections that clients keep open are closed, and the threads joined."""
        for request in tuple(self._open):
            with suppress(OSError):
                request.shutdown(socket.SHUT_RDWR)
        super().server_close()


@contextmanager
def serving(server: HTTPServer, before_end: Callable[[], object] = lambda: None) -> Iterator[None]:
    """It serves as long as the block; `before_end` lets go of what its requests are kept waiting by."""
    with server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield
        finally:
            before_end()
            server.shutdown()
            thread.join()
