"""Following a run: over a socket, which is sent what follows, or by Server-Sent Events, which ask for it.

Either way a client names the last frame that it has, and gets exactly what follows it.
"""

import time
from collections.abc import Callable, Sequence
from datetime import datetime

from shared.errors import FieldError, Malformed
from shared.json.encoding import encode
from shared.runs.run import Frame, Run, RunLog, Sender

_LONGEST_POLL_SECONDS = 24.0  # API Gateway ends the request at 29 s
_FIRST_PAUSE_SECONDS, _LAST_PAUSE_SECONDS = 0.1, 0.5
_RECONNECT_AFTER_MS = 100


def follow(run: Run, after: int, connection_id: str, log: RunLog, sender: Sender, now: datetime) -> None:
    """Send what there is after `after`; then have the worker send what follows, unless the run has ended.

    The connection is entered only when it has all there was: of two senders, one begins where the other has stopped.
    """
    following = False
    while True:
        frames = log.frames(run.run_id, after, now)
        for frame in frames:
            if not sender.send(connection_id, frame.message):
                return
            after = frame.seq
        if following or (frames and frames[-1].is_terminal):
            return
        if log.follow(run.run_id, connection_id, after):
            return
        following = True  # it has ended since: the rest is there now


def poll(
    run: Run,
    after: int,
    log: RunLog,
    now: Callable[[], datetime],
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> tuple[Frame, ...] | None:
    """The frames after `after`, as soon as there are any; empty after 24 s without; None where nothing will follow."""
    give_up_at, pause = clock() + _LONGEST_POLL_SECONDS, _FIRST_PAUSE_SECONDS
    while True:
        if frames := log.frames(run.run_id, after, now()):
            return frames
        if not run.is_open:  # then its terminal frame was there already, at or before `after`
            return None
        if clock() + pause > give_up_at:
            return ()
        sleep(pause)
        pause = min(1.5 * pause, _LAST_PAUSE_SECONDS)


def event_stream(frames: Sequence[Frame]) -> str:
    """Frames as text/event-stream: ids are seqs, and the client comes back at once for what follows.

    Every event is an unnamed one, so that EventSource's `onmessage` gets all of them; `type` tells them apart.
    """
    events = [f"id: {frame.seq}\ndata: {encode(frame.message)}\n\n" for frame in frames]
    return f"retry: {_RECONNECT_AFTER_MS}\n\n" + "".join(events)


def position(text: str | None) -> int:
    """The seq after which to go on: what Last-Event-ID or `after` say; 0 without. Raises Malformed."""
    if text is None or not text.strip():
        return 0
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        message = "is the seq of the last frame that you have: a whole number from 0"
        raise Malformed(f"The position {message}.", [FieldError("after", message)])
    return int(text)
