from datetime import UTC, datetime

from commerce.support.handlers.look_after_support_runs import handler
from tests.commerce.support.fakes import Live
from tests.shared.lambda_context import CONTEXT


def test_a_run_that_nobody_took_is_queued_again(stage: Live) -> None:
    stage.keep(overdue_at=datetime.now(UTC))
    handler({}, CONTEXT)
    assert stage.queue.put_runs == ["run-1"]
