"""Metrics in log lines, from which CloudWatch takes them (embedded metric format): no calls, no library, no extra line.

Names of metrics end with their unit: `durationMs`. What does not is a count.
"""

import os
import time
from collections.abc import Mapping
from functools import cache
from typing import Any

type Metrics = Mapping[tuple[str, ...], tuple[str, ...]]
"""By the dimensions that they are counted by, each a field of text with few values; metrics are fields of numbers."""


def with_metrics(fields: Mapping[str, object], metrics: Metrics) -> dict[str, object]:
    """A log line's fields, to be made metrics of. A metric or dimension that the line does not have is passed over."""
    told = [
        _directive(dimensions, tuple(name for name in names if name in fields))
        for dimensions, names in metrics.items()
        if all(fields.get(dimension) for dimension in dimensions)
    ]
    return {**fields, "_aws": {"Timestamp": time.time_ns() // 1_000_000, "CloudWatchMetrics": told}}


@cache
def _directive(dimensions: tuple[str, ...], names: tuple[str, ...]) -> dict[str, Any]:
    return {
        "Namespace": os.environ.get("METRICS_NAMESPACE", "Almoner"),
        "Dimensions": [list(dimensions)],
        "Metrics": [{"Name": name, "Unit": "Milliseconds" if name.endswith("Ms") else "Count"} for name in names],
    }
