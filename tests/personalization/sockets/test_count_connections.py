import logging
from datetime import UTC, datetime

import pytest

from personalization.sockets.handlers.count_connections import handler
from shared.auth.callers import Caller
from shared.sockets.connections import Connection
from tests.personalization.runs.fakes import Live
from tests.shared.lambda_context import CONTEXT


def test_open_sockets_and_their_share_are_metrics(stage: Live, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    for connection_id in ("c1", "c2", "c3"):
        stage.connections.add(Connection(connection_id, Caller("ada"), "s1"), datetime.now(UTC))

    handler({}, CONTEXT)

    [line] = [vars(record) for record in caplog.records]
    assert (line["connections"], line["connectionsPercent"]) == (3, 75)  # the limit of tests is 4
    [directive] = line["_aws"]["CloudWatchMetrics"]
    assert {metric["Name"]: metric["Unit"] for metric in directive["Metrics"]} == {
        "connections": "Count",
        "connectionsPercent": "Percent",
    }


def test_no_socket_makes_no_metric_that_would_be_paid_for(stage: Live, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    assert stage.connections.count(datetime.now(UTC)) == 0

    handler({}, CONTEXT)

    assert not caplog.records
