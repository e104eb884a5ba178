"""What most callers wait, and what the unluckiest of them do."""

import statistics
from collections.abc import Sequence


def p50_p99_longest(seconds: Sequence[float]) -> tuple[float, float, float]:
    """In milliseconds."""
    times = sorted(each * 1000 for each in seconds)
    return statistics.median(times), statistics.quantiles(times, n=100)[98], times[-1]
