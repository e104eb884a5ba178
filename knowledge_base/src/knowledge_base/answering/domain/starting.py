"""Starting suggested replies: the ticket is looked up, then its run is queued."""

from collections.abc import Callable
from datetime import datetime

from knowledge_base.tickets.domain.stores import Tickets
from knowledge_base.tickets.domain.writing import handled_by
from shared.auth.callers import Caller
from shared.idempotency.claims import Claim
from shared.runs.run import Accepted, queued_run
from shared.runs.starting import Records, RunStarter

KIND = "reply"
"""Of runs whose subject is the ticket, and which need no more."""


class ReplyRunService:
    def __init__(
        self,
        *,
        tickets: Tickets,
        starter: RunStarter,
        records: Records,
        new_id: Callable[[datetime], str],
    ) -> None:
        self._tickets, self._starter, self._records, self._new_id = tickets, starter, records, new_id

    def start(self, caller: Caller, ticket_id: str, claim: Claim | None, now: datetime) -> Accepted:
        """The run that was accepted, or the one that was accepted first under the claim.

        Raises NotFound; Forbidden for the caller's own; and what `RunStarter.start_once` raises.
        """
        handled_by(caller, self._tickets, ticket_id)
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
