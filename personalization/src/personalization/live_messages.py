"""What a supporter's message over a socket starts."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from personalization import live
from personalization.domain.conversation import Question
from personalization.requests import AskLive
from shared.bodies import checked
from shared.idempotency import claim_of
from shared.ids import new_id
from shared.run_acceptance import start_once
from shared.run_following import follow
from shared.runs import Run, queued_run
from shared.sockets import Connection


def accept(connection: Connection, message: Mapping[str, Any], announce: Callable[[Run], None]) -> None:
    """Start a run of the agent, which the connection follows; of a message that came before, follow the first run.

    Raises Invalid, NotFound for another's session, Unavailable.
    """
    now, asked = datetime.now(UTC), checked(AskLive, message)
    question = Question(connection.caller.user_id, asked.session_id or connection.session_id, asked.input)
    live.agent_door().check(connection.caller, question)
    run = queued_run(
        new_id(now), "agent", question.user_id, question.user_id, question.session_id, {"input": question.input}, now
    )
    run = run.followed_by(connection.connection_id)
    claim = claim_of(question.user_id, "socket message", asked.message_id, [asked.input], required=False)
    first = start_once(run, claim, live.log(), live.queue(), live.first_answers(), now, announce=lambda: announce(run))[
        "runId"
    ]
    earlier = live.log().find(first, now) if first != run.run_id else None
    if earlier:
        announce(earlier)
        follow(earlier, 0, connection.connection_id, live.log(), live.sender(), now)
