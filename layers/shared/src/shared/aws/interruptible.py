"""Lets an `Interruption` end what a client of boto3's waits for: a model's stream, or its first word.

Closing a stream from another thread does not wake the one that reads it; shutting its socket does. Botocore shows
nobody its connections, least of all before a response has come, and so the clients get a class of connection that
tells the interruption of the thread that uses it. This is the one place that knows botocore's private names for that.
"""

from typing import Any

from botocore.awsrequest import (
    AWSHTTPConnection,
    AWSHTTPConnectionPool,
    AWSHTTPSConnection,
    AWSHTTPSConnectionPool,
)

from shared.resilience.interruption import Interruption, current


class _Interruptible:
    """A connection that is its thread's from one request to the next."""

    sock: Any
    _follows: tuple[Interruption, Any] | None = None
    """With the socket: a response that ends with its connection takes it over."""

    def connect(self) -> None:
        super().connect()  # type: ignore[misc]  # of the connection that this is mixed into
        self._follow()

    def request(self, *arguments: Any, **named: Any) -> None:
        self._follow()
        super().request(*arguments, **named)  # type: ignore[misc]  # as above

    def _follow(self) -> None:
        if self._follows is not None:
            before, connected = self._follows
            before.discard(connected)
            self._follows = None
        interruption = current()
        if interruption is not None and self.sock is not None:
            interruption.add(self.sock)
            self._follows = interruption, self.sock


class _HTTPConnection(_Interruptible, AWSHTTPConnection): ...  # type: ignore[misc]  # the bases' stubs disagree


class _HTTPSConnection(_Interruptible, AWSHTTPSConnection): ...  # type: ignore[misc]  # as above


class _HTTPPool(AWSHTTPConnectionPool):
    ConnectionCls = _HTTPConnection


class _HTTPSPool(AWSHTTPSConnectionPool):
    ConnectionCls = _HTTPSConnection


def make_interruptible(client: Any) -> None:
    """From its next connection on. Raises AttributeError where botocore's names have changed."""
    pools = client._endpoint.http_session._manager.pool_classes_by_scheme
    pools.update(http=_HTTPPool, https=_HTTPSPool)
