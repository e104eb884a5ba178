"""Keeps a client from repeating a call: for what would take effect twice if only its answer was lost."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Literal

_once: ContextVar[bool] = ContextVar("once", default=False)


@contextmanager
def sent_once() -> Iterator[None]:
    """The calls within it are sent once, however many attempts their client has."""
    token = _once.set(True)
    try:
        yield
    finally:
        _once.reset(token)


def respect_sent_once(client: Any) -> None:
    """Let the client ask, before it repeats a call, whether it may."""
    service = client.meta.service_model.service_id.hyphenize()
    # Of what its handlers say, botocore takes the first that is not None; False is a no.
    client.meta.events.register_first(f"needs-retry.{service}", _veto)


def _veto(**_: Any) -> Literal[False] | None:
    return False if _once.get() else None
