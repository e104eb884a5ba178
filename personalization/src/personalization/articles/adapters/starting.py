"""Starts article runs: run, session, exchange, reservation and first answer in one transaction."""

from collections.abc import Callable

from personalization.articles.domain.budget import PROJECT_BUDGET, USER_BUDGET, BudgetExceededError, Budgets
from personalization.articles.domain.history import SESSION, ChatHistory
from personalization.articles.domain.starting import NewArticleRun
from shared.errors import NotFound
from shared.idempotency.claims import translated_refusals
from shared.idempotency.first_answers import DynamoFirstAnswers
from shared.persistence.unit_of_work import UnitOfWork, WriteRefused
from shared.runs.starting import RunStarter


class TransactionStarter:
    def __init__(
        self, *, runs: RunStarter, history: ChatHistory, budgets: Budgets, first_answers: DynamoFirstAnswers
    ) -> None:
        self._runs, self._history, self._budgets, self._first_answers = runs, history, budgets, first_answers

    def start(self, new: NewArticleRun, announce: Callable[[], object]) -> None:
        """One transaction of five or six writes, then a message to the queue."""

        def also(unit_of_work: UnitOfWork) -> None:
            self._first_answers.record(new.first_answer, unit_of_work)
            claim = self._history.claim(new.session, new.started_at)
            (claim if new.is_new_session else self._history.resume(new.session))(unit_of_work)
            self._history.begin(new.exchange)(unit_of_work)
            self._budgets.reserve(new.reservation, new.allowance)(unit_of_work)

        try:
            with translated_refusals():
                self._runs.start(new.run, also=also, announce=announce)
        except WriteRefused as refusal:
            if SESSION in refusal.refused:
                raise NotFound("There is no such session.") from refusal
            if spent := refusal.refused & {PROJECT_BUDGET, USER_BUDGET}:
                raise BudgetExceededError(min(spent)) from refusal
            raise
