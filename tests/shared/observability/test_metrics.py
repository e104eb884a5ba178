import json
import time
from pathlib import Path

import pytest

from shared.observability.metrics import MODEL_CALLS, OPEN_SOCKETS, REQUESTS, RUNS, MetricSet
from tests.shared.observability.runtime import lines_of


@pytest.fixture(autouse=True)
def _service(monkeypatch: pytest.MonkeyPatch) -> None:
    """Which is a field of every line, and no dimension unless a set says so."""
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "personalization")
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Almoner/test")


def test_fields_are_metrics_by_all_of_their_dimensions_together() -> None:
    fields = MetricSet(("route", "outcome"), ("durationMs", "usedPercent", "serverErrors")).line(
        "GET /profile", "done", durationMs=1.5, usedPercent=80.5, serverErrors=0
    )

    assert fields["_aws"]["CloudWatchMetrics"] == [
        {
            "Namespace": "Almoner/test",
            "Dimensions": [["route", "outcome"]],
            "Metrics": [
                {"Name": "durationMs", "Unit": "Milliseconds"},
                {"Name": "usedPercent", "Unit": "Percent"},
                {"Name": "serverErrors", "Unit": "Count"},
            ],
        }
    ]
    del fields["_aws"]
    assert fields == {
        "route": "GET /profile",
        "outcome": "done",
        "durationMs": 1.5,
        "usedPercent": 80.5,
        "serverErrors": 0,
    }


def test_time_is_in_milliseconds() -> None:
    fields = REQUESTS.line("commerce", durationMs=1.5)

    assert abs(fields["_aws"]["Timestamp"] / 1000 - time.time()) < 60


def test_line_has_no_metrics_of_another() -> None:
    MODEL_CALLS.line("m", "stream", inputTokens=12)

    assert RUNS.line("agent", frames=1).keys() == {"_aws", "kind", "frames"}


def test_what_is_not_declared_is_refused() -> None:
    with pytest.raises(ValueError, match="durationMs"):
        OPEN_SOCKETS.line("personalization", durationMs=1)
    with pytest.raises(ValueError, match="shorter"):
        MODEL_CALLS.line("m", inputTokens=1)


def test_lambda_writes_them_where_cloudwatch_looks(tmp_path: Path) -> None:
    code = """
from shared.observability.invocations import observed
from shared.observability.logs import logger
from shared.observability.metrics import REQUESTS

@observed()
def handler(event, context):
    logger.info("request", extra={"status": 200, **REQUESTS.line("commerce", durationMs=1.5)})
"""
    [line] = map(json.loads, lines_of(tmp_path, code, {}))

    [directive] = line["_aws"]["CloudWatchMetrics"]
    assert (directive["Namespace"], directive["Dimensions"]) == ("Almoner/test", [["service"]])
    assert (line["service"], line["durationMs"], line["message"], line["status"]) == ("commerce", 1.5, "request", 200)
