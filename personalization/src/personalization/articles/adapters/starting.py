"""Begins article runs: run, session, exchange, reservation and first answer in one transaction."""

from personalization.articles.domain.budget import PROJECT_BUDGET, USER_BUDGET, Budgets, BudgetSpentError
from personalization.articles.domain.history import SESSION, ChatHistory
from personalization.articles.domain.starting import Beginning
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

    def begin(self, beginning: Beginning) -> None:
        """One transaction of five or six writes, then a message to the queue."""

        def also(unit_of_work: UnitOfWork) -> None:
            self._first_answers.record(beginning.first_answer, unit_of_work)
            self._history.claim(beginning.session, beginning.at)(unit_of_work)
            self._history.begin(beginning.exchange)(unit_of_work)
            self._budgets.reserve(beginning.reservation, beginning.allowance)(unit_of_work)

        try:
            with translated_refusals():
                self._runs.start(beginning.run, also=also)
        except WriteRefused as refusal:
            if SESSION in refusal.refused:
                raise NotFound("There is no such session.") from refusal
            if spent := refusal.refused & {PROJECT_BUDGET, USER_BUDGET}:
                raise BudgetSpentError(min(spent)) from refusal
            raise
