"""The platform's own metrics. CloudWatch takes them from log lines (embedded metric format), without a call.

Alarms and dashboards in the templates may only name what is declared here.
"""

import os
from dataclasses import dataclass
from typing import Any

from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit


@dataclass(frozen=True, slots=True)
class MetricSet:
    """Metrics that are counted by the same dimensions, all of them together.

    Names that end with Ms are milliseconds, with Percent percents, all others are counts. Each combination of values of
    the dimensions is paid for by the month: no ids. A log line holds one set; another set goes into a line of its own.
    """

    dimensions: tuple[str, ...]
    metrics: tuple[str, ...]

    def line(self, *by: str, **values: float) -> dict[str, Any]:
        """Fields that make a log line a record of these metrics: `by` are the dimensions' values, in their order.

        The Logger writes the document, with the invocation's ids and in one piece. Powertools' own flush prints text
        and line end one after the other, and lines of other threads come between them. Raises ValueError for a metric
        that is not of the set, and for another number of dimensions.
        """
        if unknown := values.keys() - set(self.metrics):
            raise ValueError(f"not declared in shared.observability.metrics: {sorted(unknown)}")
        # Neither Metrics, whose instances share what they collect, also between threads, nor its dimension `service`.
        document = EphemeralMetrics(namespace=os.environ.get("POWERTOOLS_METRICS_NAMESPACE", "Almoner"), service="")
        for name, text in zip(self.dimensions, by, strict=True):
            document.add_dimension(name, text)
        for name, value in values.items():
            document.add_metric(name, _unit(name), value)
        # Plain numbers in the place of lists: CloudWatch takes both, and queries of the logs find them by their names.
        return {**document.serialize_metric_set(), **values}


def _unit(name: str) -> MetricUnit:
    if name.endswith("Ms"):
        return MetricUnit.Milliseconds
    return MetricUnit.Percent if name.endswith("Percent") else MetricUnit.Count


REQUESTS = MetricSet(("service",), ("durationMs", "clientErrors", "serverErrors"))
"""By context: metrics of each route would cost as much as all the rest. Queries of the log find them by route.

Routes that wait for a model, or for what a run says next, have no `durationMs`: it would say nothing of the platform.
"""
THROTTLED_TABLES = MetricSet(("service",), ("throttledTableCalls",))
"""Calls that DynamoDB had no capacity for, after all attempts."""
MODEL_CALLS = MetricSet(("model", "operation"), ("durationMs", "firstPieceMs", "inputTokens", "outputTokens"))
MODEL_OUTCOMES = MetricSet(("model", "outcome"), ("calls",))
"""`outcome` is `answered`, `left` or AWS's name for the refusal: `ThrottlingException`."""
RUNS = MetricSet(("kind",), ("durationMs", "firstPieceMs", "frames"))
"""What a worker did."""
ENDED_RUNS = MetricSet(("kind",), ("failures", "stops"))
"""Each run once, whoever ended it, as 0 or 1: the average is the rate, the number of samples that of the runs."""
ORDERS = MetricSet(("service",), ("failedRefunds", "disputes"))
"""What customers' banks and the payment provider do to orders that were paid."""
OPEN_SOCKETS = MetricSet(("service",), ("connections", "connectionsPercent"))
"""`connectionsPercent` is the share of the most that the environment is made for."""
WEBHOOKS = MetricSet(("sender",), ("accepted", "refused"))
"""Each webhook once, as 0 or 1."""
CIRCUITS = MetricSet(("dependency",), ("opened",))
"""How often calls of what we depend on were given up for a while, by any of the functions' environments."""
RECONCILIATION = MetricSet(("service",), ("completeReconciliations", "mismatches", "owedPayments", "dueDisputes"))
"""Of a comparison of the ledger with the payment provider. For owed payments, customers got neither goods nor money.

Of due disputes, the bank waits for our evidence for some days more.
"""
CHECKOUTS = MetricSet(("service",), ("stuckCheckouts", "doubtfulPayments"))
"""How many have been overdue, or in doubt whether they were paid, for a quarter of an hour."""
SENDS = MetricSet(("channel",), ("sent", "failed", "unknown", "postponed"))
"""Of mail, SMS and push messages; `postponed` are attempts that the provider has not accepted."""
OUTBOX = MetricSet(("service",), ("unknownSends",))
"""Of how many messages people have to settle whether they were sent."""
ERASURES = MetricSet(("service",), ("overdueErasures",))
"""How many people have waited for a week for the end of their erasure."""
SYNCS = MetricSet(("service",), ("failedSyncs", "stuckSyncs"))
"""Of the knowledge base with its documents: given up after all attempts, and seen to take too long."""
