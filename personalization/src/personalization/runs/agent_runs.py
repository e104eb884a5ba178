"""Starts the agent's streamed answers, whichever way they were asked for."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from personalization.agent.domain.conversation import Question
from personalization.agent.domain.live_agent import KIND
from personalization.runs import wiring
from shared.auth.callers import Caller
from shared.errors import NotFound
from shared.idempotency.claims import Claim
from shared.ids import new_id
from shared.runs.acceptance import start_once
from shared.runs.run import Run, queued_run


def start_run(
    caller: Caller,
    question: Question,
    claim: Claim | None,
    now: datetime,
    followed_by: str | None = None,
    announce: Callable[[Run], object] = lambda _: None,
) -> dict[str, Any]:
    """`{runId, sessionId}` of the run, or of the one that was started first under the claim.

    Raises NotFound where the question is not the caller's own: whoever starts a run is who may follow it. And as the
    agent's door and `start_once` do.
    """
    if question.user_id != caller.user_id:
        raise NotFound("There is no such supporter.")
    wiring.agent_door().check(caller, question)
    asked = {"input": question.input}
    run = queued_run(new_id(now), KIND, caller.user_id, caller.user_id, question.session_id, asked, now)
    if followed_by:
        run = run.followed_by(followed_by)
    log, queue, records = wiring.log(), wiring.queue(), wiring.first_answers()
    return start_once(run, claim, log, queue, records, now, announce=lambda: announce(run))
