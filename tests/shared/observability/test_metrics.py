import io
import json
import logging
import time
from typing import Any

import pytest
from awslambdaric.lambda_runtime_log_utils import JsonFormatter

from shared.observability.logs import logger
from shared.observability.metrics import Metrics, with_metrics

METRICS: Metrics = {("route",): ("durationMs", "serverErrors"), ("route", "outcome"): ("calls",)}
LINE = {"route": "GET /profile", "outcome": "done", "durationMs": 1.5, "serverErrors": 0, "calls": 1, "other": "x"}


def definition(fields: dict[str, Any]) -> Any:
    return fields["_aws"]["CloudWatchMetrics"]


def test_line_tells_which_of_its_fields_are_metrics_and_by_what() -> None:
    first, second = definition(with_metrics(LINE, METRICS))

    assert first == {
        "Namespace": "Almoner",
        "Dimensions": [["route"]],
        "Metrics": [{"Name": "durationMs", "Unit": "Milliseconds"}, {"Name": "serverErrors", "Unit": "Count"}],
    }
    assert (second["Dimensions"], second["Metrics"]) == ([["route", "outcome"]], [{"Name": "calls", "Unit": "Count"}])


def test_fields_stay_as_they_were() -> None:
    line = with_metrics(LINE, METRICS)

    assert {name: line[name] for name in LINE} == LINE


def test_time_is_in_milliseconds() -> None:
    told = with_metrics(LINE, METRICS)["_aws"]

    assert isinstance(told, dict)
    assert abs(told["Timestamp"] / 1000 - time.time()) < 60


@pytest.mark.parametrize("missing", ["durationMs", "outcome"])
def test_what_a_line_does_not_have_is_no_metric(missing: str) -> None:
    line = {name: value for name, value in LINE.items() if name != missing}

    for each in definition(with_metrics(line, METRICS)):
        named = {*each["Dimensions"][0], *(metric["Name"] for metric in each["Metrics"])}
        assert named <= line.keys()


def test_lambda_writes_it_where_cloudwatch_looks() -> None:
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonFormatter())
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        logger.info("request", extra=with_metrics(LINE, METRICS))
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)

    line = json.loads(written.getvalue())
    assert definition(line)[0]["Dimensions"] == [["route"]]
    assert (line["route"], line["durationMs"], line["message"]) == ("GET /profile", 1.5, "request")
