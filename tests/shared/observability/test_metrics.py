import json
import time
from pathlib import Path

import pytest

from shared.observability.metrics import metrics_by
from tests.shared.observability.runtime import lines_of


@pytest.fixture(autouse=True)
def _service(monkeypatch: pytest.MonkeyPatch) -> None:
    """Which is a field of every line, and no dimension."""
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "personalization")
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Almoner/test")


def test_fields_are_metrics_by_all_of_their_dimensions_together() -> None:
    fields = metrics_by({"route": "GET /profile", "outcome": "done"}, {"durationMs": 1.5, "serverErrors": 0})

    assert fields["_aws"]["CloudWatchMetrics"] == [
        {
            "Namespace": "Almoner/test",
            "Dimensions": [["route", "outcome"]],
            "Metrics": [{"Name": "durationMs", "Unit": "Milliseconds"}, {"Name": "serverErrors", "Unit": "Count"}],
        }
    ]
    del fields["_aws"]
    assert fields == {"route": "GET /profile", "outcome": "done", "durationMs": 1.5, "serverErrors": 0}


def test_time_is_in_milliseconds() -> None:
    fields = metrics_by({"route": "GET /profile"}, {"durationMs": 1.5})

    assert abs(fields["_aws"]["Timestamp"] / 1000 - time.time()) < 60


def test_line_has_no_metrics_of_another() -> None:
    metrics_by({"model": "m", "operation": "stream"}, {"inputTokens": 12})

    assert metrics_by({"kind": "agent"}, {"runs": 1}).keys() == {"_aws", "kind", "runs"}


def test_lambda_writes_them_where_cloudwatch_looks(tmp_path: Path) -> None:
    code = """
from shared.observability.invocations import observed
from shared.observability.logs import logger
from shared.observability.metrics import metrics_by

@observed()
def handler(event, context):
    logger.info("request", extra={"status": 200, **metrics_by({"route": "GET /profile"}, {"durationMs": 1.5})})
"""
    [line] = map(json.loads, lines_of(tmp_path, code, {}))

    [directive] = line["_aws"]["CloudWatchMetrics"]
    assert (directive["Namespace"], directive["Dimensions"]) == ("Almoner/test", [["route"]])
    assert (line["route"], line["durationMs"], line["message"], line["status"]) == ("GET /profile", 1.5, "request", 200)
