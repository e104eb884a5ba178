"""Runs a server beside a test."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import HTTPServer


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
