"""Starting runs of the support chat: check whose the session is, then queue the message."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from commerce.support.domain.history import SESSION, ChatHistory, Exchange, Session
from shared.auth.callers import Caller
from shared.errors import NotFound
from shared.idempotency.claims import Claim
from shared.persistence.unit_of_work import UnitOfWork, WriteRefused
from shared.runs.run import Accepted, Run, queued_run
from shared.runs.starting import Records, RunStarter

KIND = "support"
"""Of runs whose subject is the customer, and whose request is `{"input": …}`."""


@dataclass(frozen=True, slots=True)
class Question:
    session_id: str
    input: str
    claim: Claim | None


class SupportRunService:
    """Starts answers, over a socket or over HTTP."""

    def __init__(
        self, *, history: ChatHistory, starter: RunStarter, records: Records, new_id: Callable[[datetime], str]
    ) -> None:
        self._history, self._starter, self._records, self._new_id = history, starter, records, new_id

    def start(
        self,
        caller: Caller,
        question: Question,
        now: datetime,
        *,
        followed_by: str | None = None,
        announce: Callable[[Run], object] = lambda _: None,
    ) -> Accepted:
        """The run that was accepted, or the one that was accepted first under the claim.

        Raises NotFound for another's session, and what `RunStarter.start_once` raises.
        """
        session = self._session(caller, question, now)
        run = queued_run(
            run_id=self._new_id(now),
            kind=KIND,
            user_id=caller.user_id,
            subject=caller.user_id,
            session_id=question.session_id,
            request={"input": question.input},
            now=now,
        )
        run = run.followed_by(followed_by) if followed_by else run
        exchange = Exchange(
            session_id=run.session_id, run_id=run.run_id, user_id=run.user_id, sent_at=now, input=question.input
        )

        def also(unit_of_work: UnitOfWork) -> None:
            self._history.claim(session, now)(unit_of_work)
            self._history.begin(exchange)(unit_of_work)

        try:
            return self._starter.start_once(
                run, question.claim, records=self._records, now=now, also=also, announce=lambda: announce(run)
            )
        except WriteRefused as error:
            if SESSION in error.refused:
                raise NotFound("There is no such session.") from error
            raise

    def _session(self, caller: Caller, question: Question, now: datetime) -> Session:
        current = self._history.session(question.session_id, now)
        if current and current.user_id != caller.user_id:
            raise NotFound("There is no such session.")
        return Session(question.session_id, caller.user_id, current.started_at if current else now, now)
