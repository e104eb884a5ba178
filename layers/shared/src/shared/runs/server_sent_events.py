"""Frames as Server-Sent Events: their ids are seqs, so that a client says by Last-Event-ID which frame it has."""

from collections.abc import Sequence

from shared.errors import FieldError, Malformed
from shared.json.encoding import encode
from shared.runs.run import Frame

_RECONNECT_AFTER_MS = 100


def event_stream(frames: Sequence[Frame]) -> str:
    """Frames as text/event-stream, after which the client comes back at once for what follows.

    Every event is unnamed, so that EventSource's `onmessage` gets all of them; `type` tells them apart.
    """
    events = [f"id: {frame.seq}\ndata: {encode(frame.message)}\n\n" for frame in frames]
    return f"retry: {_RECONNECT_AFTER_MS}\n\n" + "".join(events)


def position(text: str | None) -> int:
    """The seq after which to go on: what Last-Event-ID or `after` say; 0 without. Raises Malformed."""
    if text is None or not text.strip():
        return 0
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        message = "must be the seq of the last frame that you have: a whole number, 0 or more"
        raise Malformed(f"The position {message}.", [FieldError("after", message)])
    return int(text)
