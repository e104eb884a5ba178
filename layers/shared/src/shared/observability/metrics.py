"""Metrics in log lines: CloudWatch takes them from Powertools' documents (embedded metric format), without a call."""

import os
from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit


def metrics_by(dimensions: Mapping[str, str], values: Mapping[str, float]) -> dict[str, Any]:
    """Fields that make a log line a record of metrics, each under its name and counted by these dimensions together.

    Names that end with Ms are milliseconds, all others are counts. A combination of dimensions is paid for by the
    month: no ids. A line has one set of them; what is counted by another set goes into a line of its own.

    The Logger writes the document, with the invocation's ids and in one piece. Powertools' own flush prints text and
    line end one after the other, and lines of other threads come between them.
    """
    # Neither Metrics, whose instances share what they collect, also between threads, nor its dimension `service`.
    document = EphemeralMetrics(namespace=os.environ.get("POWERTOOLS_METRICS_NAMESPACE", "Almoner"), service="")
    for name, text in dimensions.items():
        document.add_dimension(name, text)
    for name, value in values.items():
        document.add_metric(name, MetricUnit.Milliseconds if name.endswith("Ms") else MetricUnit.Count, value)
    # Plain numbers in the place of lists: CloudWatch takes both, and queries of the logs find them by their names.
    return {**document.serialize_metric_set(), **values}
