"""Evaluations in DynamoDB: a row for each, one for each of its results, and the newest verdict on every version."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from personalization.articles.domain.budget import (
    PROJECT_BUDGET,
    USER_BUDGET,
    Allowance,
    Budgets,
    BudgetSpentError,
    Reservation,
)
from personalization.evaluations.adapters.keys import EVALUATION, RESULT, VERDICT, row_key
from personalization.evaluations.domain.checks import Failure
from personalization.evaluations.domain.evaluation import CaseResult, Evaluation, FailingCase, Verdict
from personalization.prompts.domain.cards import CardUsed
from shared.dynamodb.tables import ConditionFailed, Item, Table, attribute, set_to
from shared.dynamodb.transactions import Cancelled, Transaction
from shared.errors import Unavailable
from shared.idempotency.claims import FirstAnswer, translated_refusals
from shared.idempotency.first_answers import DynamoFirstAnswers
from shared.json.encoding import moment, rfc3339
from shared.models.model import Usage

_EVALUATION, _RESULT = "evaluation", "result"
_KEPT = timedelta(days=90)
_LONGEST_WHY = 1000


class DynamoEvaluations:
    def __init__(self, table: str, budgets: Budgets, first_answers: DynamoFirstAnswers) -> None:
        self._table, self._budgets, self._first_answers = Table(table), budgets, first_answers

    def begin(self, evaluation: Evaluation, first_answer: FirstAnswer | None) -> None:
        """One transaction: the evaluation and the first answer."""
        transaction = Transaction()
        self._first_answers.record(first_answer, transaction)
        transaction.put(_EVALUATION, self._table, _evaluation_item(evaluation), attribute("projectId").missing())
        with translated_refusals():
            transaction.commit()

    def find(self, project_id: str, evaluation_id: str) -> Evaluation | None:
        """One consistent GetItem."""
        item = self._table.get(row_key(project_id, EVALUATION + evaluation_id))
        return _evaluation(item) if item else None

    def results(self, project_id: str, evaluation_id: str) -> tuple[CaseResult, ...]:
        """One consistent query."""
        keys = (attribute("projectId") == project_id) & attribute("item").starts_with(f"{RESULT}{evaluation_id}#")
        return tuple(_result(item) for item in self._table.query(keys))

    def result(self, project_id: str, evaluation_id: str, case_id: str) -> CaseResult | None:
        """One consistent GetItem."""
        item = self._table.get(_result_key(project_id, evaluation_id, case_id))
        return _result(item) if item else None

    def take(self, evaluation: Evaluation, result: CaseResult, allowance: Allowance) -> None:
        """One transaction: the result that is to come, and the two budgets."""
        if result.reservation is None:
            raise ValueError("a case that is taken has a reservation")
        transaction = Transaction()
        transaction.put(_RESULT, self._table, _result_item(evaluation, result), attribute("projectId").missing())
        self._budgets.reserve(result.reservation, allowance)(transaction)
        try:
            transaction.commit()
        except Cancelled as cancelled:
            if _RESULT in cancelled.refused:
                return
            if spent := cancelled.refused & {PROJECT_BUDGET, USER_BUDGET}:
                raise BudgetSpentError(min(spent)) from cancelled
            raise

    def keep(self, evaluation: Evaluation, result: CaseResult) -> None:
        """A GetItem, then one transaction: the result, and the two budgets where the case was taken."""
        known = self.result(evaluation.project_id, evaluation.evaluation_id, result.case_id)
        if known and known.status != "running":
            return
        transaction = Transaction()
        unchanged = attribute("status") == "running" if known else attribute("projectId").missing()
        transaction.put(_RESULT, self._table, _result_item(evaluation, result), unchanged)
        if known and known.reservation:
            self._budgets.settle(known.reservation, result.tokens)(transaction)
        try:
            transaction.commit()
        except Cancelled as cancelled:
            if known is None:  # it has been taken since: whoever did that keeps what came of it
                raise Unavailable("The case is being run by somebody else.") from cancelled

    def finish(self, evaluation: Evaluation, verdicts: Sequence[Verdict]) -> None:
        """A conditional put for each verdict, then the evaluation; cut off in between, it can be done again."""
        for verdict in verdicts:
            newer = attribute("projectId").missing() | (attribute("evaluationId") <= verdict.evaluation_id)
            try:
                self._table.put(_verdict_item(evaluation.project_id, verdict), newer)
            except ConditionFailed:
                continue
        if evaluation.finished_at is None:
            raise ValueError("an evaluation that is finished has the time of it")
        changes = [set_to("status", evaluation.status), set_to("finishedAt", rfc3339(evaluation.finished_at))]
        key = row_key(evaluation.project_id, EVALUATION + evaluation.evaluation_id)
        self._table.update(key, *changes, condition=attribute("projectId").exists())

    def verdict(self, project_id: str, prompt_id: str, version: int) -> Verdict | None:
        """One consistent GetItem."""
        item = self._table.get(_verdict_key(project_id, prompt_id, version))
        return _verdict(item) if item else None


def _evaluation_item(evaluation: Evaluation) -> Item:
    return {
        **row_key(evaluation.project_id, EVALUATION + evaluation.evaluation_id),
        "userId": evaluation.user_id,
        "subject": [str(card) for card in evaluation.subject],
        "cards": [str(card) for card in evaluation.cards],
        "caseIds": list(evaluation.case_ids),
        "startedAt": rfc3339(evaluation.started_at),
        "status": evaluation.status,
        "expiresAt": int((evaluation.started_at + _KEPT).timestamp()),
    }


def _evaluation(item: Item) -> Evaluation:
    finished_at = item.get("finishedAt")
    return Evaluation(
        project_id=item["projectId"],
        evaluation_id=item["item"].removeprefix(EVALUATION),
        user_id=item["userId"],
        subject=tuple(CardUsed.parse(card) for card in item["subject"]),
        cards=tuple(CardUsed.parse(card) for card in item["cards"]),
        case_ids=tuple(item["caseIds"]),
        started_at=moment(item["startedAt"]),
        status=item["status"],
        finished_at=moment(finished_at) if finished_at else None,
    )


def _result_key(project_id: str, evaluation_id: str, case_id: str) -> Item:
    return row_key(project_id, f"{RESULT}{evaluation_id}#{case_id}")


def _result_item(evaluation: Evaluation, result: CaseResult) -> Item:
    usage = result.usage
    return {
        **_result_key(evaluation.project_id, evaluation.evaluation_id, result.case_id),
        "caseVersion": result.case_version,
        "name": result.name,
        "status": result.status,
        "reservation": result.reservation.to_json() if result.reservation else None,
        "failures": [{"check": failure.check, "why": failure.why} for failure in result.failures],
        "answer": result.answer,
        "inputTokens": usage.input_tokens if usage else None,
        "outputTokens": usage.output_tokens if usage else None,
        "costMicros": result.cost_micros,
        "finishedAt": rfc3339(result.finished_at) if result.finished_at else None,
        "expiresAt": int((evaluation.started_at + _KEPT).timestamp()),
    }


def _result(item: Item) -> CaseResult:
    reservation: dict[str, Any] | None = item.get("reservation")
    finished_at = item.get("finishedAt")
    return CaseResult(
        case_id=item["item"].rpartition("#")[2],
        case_version=item["caseVersion"],
        name=item["name"],
        status=item["status"],
        reservation=Reservation.of_json(reservation) if reservation else None,
        failures=tuple(Failure(failure["check"], failure["why"]) for failure in item["failures"]),
        answer=item["answer"],
        usage=Usage(item["inputTokens"], item["outputTokens"]) if "inputTokens" in item else None,
        cost_micros=item["costMicros"],
        finished_at=moment(finished_at) if finished_at else None,
    )


def _verdict_key(project_id: str, prompt_id: str, version: int) -> Item:
    return row_key(project_id, f"{VERDICT}{prompt_id}@{version}")


def _verdict_item(project_id: str, verdict: Verdict) -> Item:
    return {
        **_verdict_key(project_id, verdict.prompt_id, verdict.version),
        "promptId": verdict.prompt_id,
        "version": verdict.version,
        "evaluationId": verdict.evaluation_id,
        "cases": dict(verdict.cases),
        "failing": [
            {"caseId": each.case_id, "name": each.name, "why": each.why[:_LONGEST_WHY]} for each in verdict.failing
        ],
    }


def _verdict(item: Item) -> Verdict:
    return Verdict(
        prompt_id=item["promptId"],
        version=item["version"],
        evaluation_id=item["evaluationId"],
        cases=item["cases"],
        failing=tuple(FailingCase(each["caseId"], each["name"], each["why"]) for each in item["failing"]),
    )
