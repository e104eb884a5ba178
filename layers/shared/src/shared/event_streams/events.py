"""Frames as Server-Sent Events: their ids are numbers, so that a client says by Last-Event-ID which frame it has."""

from collections.abc import Iterable, Mapping
from typing import Any

from shared.json.encoding import encode

_RECONNECT_AFTER_MS = 100


def event_stream(frames: Iterable[Mapping[str, Any]]) -> str:
    """Frames as text/event-stream, each with its `seq`, after which the client comes back at once for what follows.

    Every event is unnamed, so that EventSource's `onmessage` gets all of them; `type` tells them apart.
    """
    events = [f"id: {frame['seq']}\ndata: {encode(frame)}\n\n" for frame in frames]
    return f"retry: {_RECONNECT_AFTER_MS}\n\n" + "".join(events)
