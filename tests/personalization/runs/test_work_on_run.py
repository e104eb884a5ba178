from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from personalization.runs import wiring as live
from personalization.runs.handlers.work_on_run import handler
from shared.runs.run import text_of
from shared.runs.worker import Worker
from tests.personalization.runs.fakes import Live


def test_a_queued_run_is_answered_once_however_often_it_is_delivered(
    stage: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = Worker(stage.log, {"agent": stage.answerer}, stage.sender, lambda: datetime.now(UTC))
    monkeypatch.setattr(live, "worker", lambda: worker)
    stage.keep()
    event = {"Records": [{"messageId": "m1", "body": "run-1"}]}
    for request_id in ("r1", "r2"):
        handler(event, SimpleNamespace(aws_request_id=request_id))
    assert text_of(stage.log.logs["run-1"]) == "Hello Ada"
    assert len(stage.answerer.endings) == 1
    assert stage.log.runs["run-1"].owner == "r1"
