"""Evaluations in DynamoDB: a row for each, one for each of its results, and the newest verdict on every version."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from personalization.articles.domain.budget import (
    PROJECT_BUDGET,
    USER_BUDGET,
    Allowance,
    BudgetExceededError,
    Budgets,
)
from personalization.evaluations.adapters.records import (
    EVALUATION,
    EvaluationRecord,
    ResultRecord,
    VerdictRecord,
    result_item,
    status_key,
    verdict_item,
)
from personalization.evaluations.domain.evaluation import CaseResult, Evaluation, EvaluationPage, Listing, Verdict
from shared.dynamodb.records import ConditionFailed, select
from shared.dynamodb.transactions import Transaction
from shared.errors import Unavailable
from shared.idempotency.claims import FirstAnswer, translated_refusals
from shared.idempotency.first_answers import DynamoFirstAnswers
from shared.ids import first_id
from shared.persistence.unit_of_work import WriteRefused

_EVALUATION, _RESULT = "evaluation", "result"


class DynamoEvaluations:
    def __init__(self, table: str, budgets: Budgets, first_answers: DynamoFirstAnswers) -> None:
        self._evaluations, self._results = EvaluationRecord.at(table), ResultRecord.at(table)
        self._verdicts = VerdictRecord.at(table)
        self._budgets, self._first_answers = budgets, first_answers

    def begin(self, evaluation: Evaluation, first_answer: FirstAnswer | None) -> None:
        """One transaction: the evaluation and the first answer."""
        transaction = Transaction()
        self._first_answers.record(first_answer, transaction)
        transaction.save(_EVALUATION, self._evaluations.of(evaluation), EvaluationRecord.project_id.does_not_exist())
        with translated_refusals():
            transaction.commit()

    def find(self, project_id: str, evaluation_id: str) -> Evaluation | None:
        """One consistent GetItem."""
        record = self._evaluations.find(project_id, EVALUATION + evaluation_id)
        return record.to_evaluation() if record else None

    def page(self, project_id: str, listing: Listing, after: str | None, limit: int, now: datetime) -> EvaluationPage:
        """A consistent Query; of a status, a Query of an index, which follows the table within a moment."""
        source: Any = self._evaluations if listing.status is None else self._evaluations.by_status
        key = project_id if listing.status is None else status_key(project_id, listing.status)
        since, until = listing.period.since, listing.period.until
        first = EVALUATION + (first_id(since) if since else "")
        last = EVALUATION + (after or (first_id(until) if until else "~"))
        found = select(source, key, EvaluationRecord.item.between(first, last), newest_first=True, limit=limit + 2)
        evaluations = [each.to_evaluation() for each in found if each.expires_at > now]
        others = [each for each in evaluations if each.evaluation_id != after]
        return EvaluationPage(tuple(others[:limit]), others[limit - 1].evaluation_id if len(others) > limit else None)

    def results(self, project_id: str, evaluation_id: str) -> tuple[CaseResult, ...]:
        """One consistent query."""
        of_evaluation = ResultRecord.item.startswith(result_item(evaluation_id, ""))
        return tuple(record.to_result() for record in select(self._results, project_id, of_evaluation))

    def result(self, project_id: str, evaluation_id: str, case_id: str) -> CaseResult | None:
        """One consistent GetItem."""
        record = self._results.find(project_id, result_item(evaluation_id, case_id))
        return record.to_result() if record else None

    def take(self, evaluation: Evaluation, result: CaseResult, allowance: Allowance) -> None:
        """One transaction: the result that is to come, and the two budgets."""
        if result.reservation is None:
            raise ValueError("a case that is taken has a reservation")
        transaction = Transaction()
        record = self._results.of(evaluation, result)
        transaction.save(_RESULT, record, ResultRecord.project_id.does_not_exist())
        self._budgets.reserve(result.reservation, allowance)(transaction)
        try:
            transaction.commit()
        except WriteRefused as error:
            if _RESULT in error.refused:
                return
            if spent := error.refused & {PROJECT_BUDGET, USER_BUDGET}:
                raise BudgetExceededError(min(spent)) from error
            raise

    def keep(self, evaluation: Evaluation, result: CaseResult) -> None:
        """A GetItem, then one transaction: the result, and the two budgets where the case was taken."""
        taken = self.result(evaluation.project_id, evaluation.evaluation_id, result.case_id)
        if taken and taken.status != "running":
            return
        transaction = Transaction()
        unchanged = ResultRecord.status == "running" if taken else ResultRecord.project_id.does_not_exist()
        transaction.save(_RESULT, self._results.of(evaluation, result), unchanged)
        if taken and taken.reservation:
            self._budgets.settle(taken.reservation, result.tokens)(transaction)
        try:
            transaction.commit()
        except WriteRefused as error:
            if taken is None:  # it has been taken since: whoever did that keeps what came of it
                raise Unavailable("The case is being run by somebody else.") from error

    def finish(self, evaluation: Evaluation, verdicts: Sequence[Verdict]) -> None:
        """A conditional put for each verdict, then the evaluation; cut off in between, it can be done again."""
        for verdict in verdicts:
            newer = VerdictRecord.project_id.does_not_exist() | (VerdictRecord.evaluation_id <= verdict.evaluation_id)
            try:
                self._verdicts.of(evaluation.project_id, verdict).put(newer)
            except ConditionFailed:
                continue
        if evaluation.finished_at is None or evaluation.passed_cases is None:
            raise ValueError("an evaluation that is finished has the time of it, and the number of passed cases")
        self._evaluations(evaluation.project_id, EVALUATION + evaluation.evaluation_id).change(
            EvaluationRecord.status.set(evaluation.status),
            EvaluationRecord.status_of.set(status_key(evaluation.project_id, evaluation.status)),
            EvaluationRecord.finished_at.set(evaluation.finished_at),
            EvaluationRecord.passed_cases.set(evaluation.passed_cases),
            condition=EvaluationRecord.project_id.exists(),
        )

    def verdict(self, project_id: str, prompt_id: str, version: int) -> Verdict | None:
        """One consistent GetItem."""
        record = self._verdicts.find(project_id, verdict_item(prompt_id, version))
        return record.to_verdict() if record else None
