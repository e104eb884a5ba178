"""The composition root of what evaluations keep: for their routes, and for whoever asks what has passed."""

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from shared.settings import from_environment, read_at_start

if TYPE_CHECKING:  # at a cold start, only what a function needs
    from personalization.adapters.articles.budgets import DynamoBudgets
    from personalization.adapters.evaluations.cases import DynamoCases
    from personalization.adapters.evaluations.evaluations import DynamoEvaluations
    from personalization.domain.evaluations.promotion import Promotion
    from shared.first_answers import DynamoFirstAnswers


@dataclass(frozen=True)
class Settings:
    budgets_table: str
    evaluations_table: str
    idempotency_table: str


@read_at_start
def settings() -> Settings:
    return from_environment(Settings)


@cache
def first_answers() -> "DynamoFirstAnswers":
    from shared.first_answers import DynamoFirstAnswers

    return DynamoFirstAnswers(settings().idempotency_table)


@cache
def budgets() -> "DynamoBudgets":
    from personalization.adapters.articles.budgets import DynamoBudgets

    return DynamoBudgets(settings().budgets_table)


@cache
def case_store() -> "DynamoCases":
    from personalization.adapters.evaluations.cases import DynamoCases

    return DynamoCases(settings().evaluations_table, first_answers())


@cache
def evaluation_store() -> "DynamoEvaluations":
    from personalization.adapters.evaluations.evaluations import DynamoEvaluations

    return DynamoEvaluations(settings().evaluations_table, budgets(), first_answers())


@cache
def promotion() -> "Promotion":
    from personalization.domain.evaluations.promotion import Promotion

    return Promotion(case_store(), evaluation_store())
