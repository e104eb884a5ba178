from datetime import UTC, datetime, timedelta

from personalization.following.handlers.look_after_runs import handler
from tests.personalization.runs.fakes import Live
from tests.shared.lambda_context import CONTEXT


def test_lost_runs_end_and_forgotten_ones_are_queued_again(stage: Live) -> None:
    long_ago = datetime.now(UTC) - timedelta(seconds=40)
    stage.keep("lost", status="running", owner="worker", overdue_at=long_ago)
    stage.keep("forgotten", created_at=long_ago, overdue_at=long_ago)
    stage.keep("well")
    handler({}, CONTEXT)
    assert stage.log.runs["lost"].status == "failed"
    assert stage.queue.put_runs == ["forgotten"]
    assert stage.log.runs["well"].is_open
