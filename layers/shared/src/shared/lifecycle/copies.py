"""What copies of one process must not share: SnapStart restores one snapshot many times, and a server forks workers.

An open connection would be read by several at once, and random generators would give all of them the same numbers.
"""

import os
import random
from collections.abc import Callable

try:
    from snapshot_restore_py import register_after_restore, register_before_snapshot
except ImportError:  # Lambda's runtime has it; a developer's machine need not

    def register_before_snapshot(function: Callable[[], None]) -> Callable[[], None]:
        """Nobody takes snapshots here."""
        return function

    def register_after_restore(function: Callable[[], None]) -> Callable[[], None]:
        """Nobody restores snapshots here."""
        return function


def not_shared(close: Callable[[], None]) -> Callable[[], None]:
    """Call `close` before a snapshot is taken, and in every copy before it does anything.

    It closes what is open, so that the next use opens it anew; it may be called when nothing is.
    """
    register_before_snapshot(close)
    register_after_restore(close)
    os.register_at_fork(after_in_child=close)
    return close


@not_shared
def _reseed() -> None:
    """Jitter comes from here. Ids and keys are the kernel's numbers, which differ by themselves."""
    random.seed()
