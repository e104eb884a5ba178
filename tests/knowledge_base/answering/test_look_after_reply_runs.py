from datetime import UTC, datetime

from knowledge_base.answering.handlers.look_after_reply_runs import handler
from tests.knowledge_base.answering.fakes import Stage
from tests.shared.lambda_context import CONTEXT


def test_a_run_that_nobody_took_is_queued_again(stage: Stage) -> None:
    stage.keep(subject="t1", overdue_at=datetime.now(UTC))
    handler({}, CONTEXT)
    assert stage.queue.put_runs == ["run-1"]
