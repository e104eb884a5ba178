"""The composition root of cases and evaluations: for their routes, and for whoever asks what has passed."""

from datetime import UTC, datetime
from functools import cache

from personalization import settings
from personalization.articles import wiring as articles
from personalization.articles.adapters.budgets import DynamoBudgets
from personalization.evaluations.adapters.cases import DynamoCases
from personalization.evaluations.adapters.evaluations import DynamoEvaluations
from personalization.evaluations.adapters.patterns import LinearPatterns
from personalization.evaluations.adapters.runner import StateMachineRunner
from personalization.evaluations.domain.cases import CaseService
from personalization.evaluations.domain.promotion import Promotion
from personalization.evaluations.domain.running import CaseRunner, EvaluationService
from personalization.prompts import wiring as prompts
from shared.http.cursors import Cursors
from shared.idempotency.first_answers import DynamoFirstAnswers
from shared.ids import new_id

__all__ = [
    "case_runner",
    "case_service",
    "case_store",
    "cursors",
    "evaluation_service",
    "evaluation_store",
    "first_answers",
    "prices",
    "promotion",
]

prices = articles.prices


@cache
def first_answers() -> DynamoFirstAnswers:
    return DynamoFirstAnswers(settings.Evaluations().idempotency_table)


@cache
def case_store() -> DynamoCases:
    return DynamoCases(settings.Evaluations().evaluations_table, first_answers())


@cache
def evaluation_store() -> DynamoEvaluations:
    tables = settings.Evaluations()
    return DynamoEvaluations(tables.evaluations_table, DynamoBudgets(tables.budgets_table), first_answers())


@cache
def promotion() -> Promotion:
    return Promotion(case_store(), evaluation_store())


@cache
def case_service() -> CaseService:
    return CaseService(case_store(), prompts.project_service(), LinearPatterns(), new_id)


@cache
def evaluation_service() -> EvaluationService:
    runner = StateMachineRunner(settings.EvaluationMachine().evaluation_machine_arn)
    return EvaluationService(
        project_access=prompts.project_service(),
        cards=prompts.cards(),
        cases=case_store(),
        evaluations=evaluation_store(),
        runner=runner,
        new_id=new_id,
    )


@cache
def case_runner() -> CaseRunner:
    return CaseRunner(
        find_project=prompts.projects().find,
        platform=articles.terms(),
        cards=prompts.cards(),
        cases=case_store(),
        evaluations=evaluation_store(),
        model=articles.model(),
        prices=prices(),
        patterns=LinearPatterns(),
        now=lambda: datetime.now(UTC),
    )


@cache
def cursors() -> Cursors:
    return Cursors(settings.CursorKey().cursor_key)
