from knowledge_base.answering.handlers.work_on_reply_run import handler
from shared.runs.run import text_of
from tests.knowledge_base.answering.fakes import Stage
from tests.shared.lambda_context import Invocation


def test_a_queued_run_is_answered_once_however_often_it_is_delivered(stage: Stage) -> None:
    stage.keep(user_id="sue", subject="t1")
    event = {"Records": [{"messageId": "m1", "body": "run-1"}]}
    for request_id in ("r1", "r2"):
        handler(event, Invocation(request_id))
    assert text_of(stage.log.logs["run-1"]) == "Hello Ada"
    assert stage.log.runs["run-1"].owner == "r1"
