"""Starting suggested replies: the ticket is looked up, then its run is queued."""

from collections.abc import Callable
from datetime import datetime

from knowledge_base.answering.domain.conversations import Conversations
from shared.auth.callers import Caller
from shared.errors import NotFound
from shared.idempotency.claims import Claim
from shared.runs.run import Accepted, queued_run
from shared.runs.starting import Records, RunStarter

KIND = "reply"
"""Of runs whose subject is the ticket, and which need no more."""


class ReplyRunService:
    def __init__(
        self,
        *,
        conversations: Conversations,
        starter: RunStarter,
        records: Records,
        new_id: Callable[[datetime], str],
    ) -> None:
        self._conversations, self._starter, self._records, self._new_id = conversations, starter, records, new_id

    def start(self, caller: Caller, ticket_id: str, claim: Claim | None, now: datetime) -> Accepted:
        """The run that was accepted, or the one that was accepted first under the claim.

        Raises NotFound, and what `RunStarter.start_once` raises.
        """
        if self._conversations.find(ticket_id) is None:
            raise NotFound("There is no such ticket.")
        run = queued_run(
            run_id=self._new_id(now),
            kind=KIND,
            user_id=caller.user_id,
            subject=ticket_id,
            session_id=ticket_id,
            request={},
            now=now,
        )
        return self._starter.start_once(run, claim, records=self._records, now=now)
