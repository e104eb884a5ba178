"""Waits for what is new: an answer through API Gateway's HTTP APIs ends before its first byte is sent."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from shared.resilience.clock import Clock

_MAX_SECONDS = 24.0  # API Gateway ends the request at 29 s
_CHECK_SECONDS = 2.0


class Pauses(NamedTuple):
    """Seconds between two looks: growing from the first to the longest."""

    first: float
    longest: float


type Check = Callable[[datetime], object]
"""Refuses whoever may not wait any longer, at a time."""


def wait_for[T](look: Callable[[], T | None], check: Check, clock: Clock, pauses: Pauses) -> T | None:
    """What `look` finds; None after 24 s. Raises what the two raise.

    It checks every 2 s, and after the last look: nobody is given anything after a refusal.
    """
    now = clock.monotonic()
    give_up_at, check_at, pause = now + _MAX_SECONDS, now + _CHECK_SECONDS, pauses.first
    while (found := look()) is None and (now := clock.monotonic()) + pause <= give_up_at:
        if now >= check_at:
            check(clock.now())
            check_at = now + _CHECK_SECONDS
        clock.sleep(pause)
        pause = min(1.5 * pause, pauses.longest)
    check(clock.now())
    return found
