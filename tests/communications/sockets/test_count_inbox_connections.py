import logging

import pytest

from communications.sockets.handlers.count_inbox_connections import handler
from tests.communications.sockets.fakes import Stage
from tests.shared.lambda_context import CONTEXT


def test_open_sockets_and_their_share_are_metrics(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    handler({}, CONTEXT)
    assert caplog.records == []

    stage.open("c1")
    handler({}, CONTEXT)

    [line] = [vars(record) for record in caplog.records]
    assert (line["connections"], line["connectionsPercent"]) == (1, 25)  # the limit of tests is 4
