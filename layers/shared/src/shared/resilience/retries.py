"""Repeats a call to something that is out of reach for a while."""

from collections.abc import Callable

from shared.errors import Unavailable
from shared.resilience.backoff import Backoff
from shared.resilience.clock import Clock

_FIRST_PAUSE_SECONDS, _MAX_PAUSE_SECONDS = 0.1, 2.0


def retry_while_unavailable[T](
    call: Callable[[], T], *, give_up_after_seconds: float, clock: Clock, on_retry: Callable[[], None] = lambda: None
) -> T:
    """What `call` returns. Raises Unavailable where the next attempt would come too late.

    Pauses are not jittered: for callers without rivals.
    """
    give_up_at = clock.monotonic() + give_up_after_seconds
    backoff = Backoff(_FIRST_PAUSE_SECONDS, _MAX_PAUSE_SECONDS, jitter=max)
    while True:
        try:
            return call()
        except Unavailable:
            pause = backoff.next_seconds()
            if clock.monotonic() + pause > give_up_at:
                raise
        on_retry()
        clock.sleep(pause)
