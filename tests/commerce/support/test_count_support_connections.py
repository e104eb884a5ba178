import logging
from datetime import UTC, datetime

import pytest

from commerce.support.handlers.count_support_connections import handler
from shared.auth.callers import Caller
from shared.sockets.connections import Connection
from tests.commerce.support.fakes import Live
from tests.shared.lambda_context import CONTEXT


def test_open_sockets_and_their_share_are_metrics(stage: Live, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    handler({}, CONTEXT)
    assert caplog.records == []
    stage.connections.add(Connection("c1", Caller("ada"), "s1"), datetime.now(UTC))
    handler({}, CONTEXT)
    [line] = [vars(record) for record in caplog.records]
    assert (line["connections"], line["connectionsPercent"]) == (1, 25)  # the limit of tests is 4
