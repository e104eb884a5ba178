"""The composition root of articles and evaluations. Adapters load on first use."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING

from personalization import evaluation_stores as stores
from personalization import prompt_projects
from personalization.domain.articles.budget import Allowance
from personalization.domain.articles.prompting import Parameters
from personalization.domain.articles.starting import Terms
from shared.ids import new_id
from shared.settings import from_environment, read_at_start

if TYPE_CHECKING:
    from personalization.adapters.articles.history import DynamoChatHistory
    from personalization.adapters.articles.model import ArticleWriter
    from personalization.adapters.articles.texts import ObjectTexts
    from personalization.domain.articles.answering import ArticleAnswerer
    from personalization.domain.articles.pricing import Prices
    from personalization.domain.articles.reading import SessionDesk
    from personalization.domain.articles.starting import ArticleDoor
    from personalization.domain.evaluations.cases import CaseDesk
    from personalization.domain.evaluations.running import CaseRunner, EvaluationDesk
    from shared.bedrock import Sampling
    from shared.cursors import Cursors


@dataclass(frozen=True)
class Settings:
    """Where things are kept."""

    chat_history_table: str
    long_texts_bucket: str


@dataclass(frozen=True)
class TermSettings:
    """What holds where a project says nothing, in tokens; and the model, with its prices for a million tokens."""

    article_max_tokens: str
    article_tokens_per_day: str
    article_tokens_per_user_per_day: str
    model_id: str
    model_sampling: str
    model_input_price: str
    model_output_price: str
    model_currency: str


@dataclass(frozen=True)
class DoorSettings:
    """What only the door of runs needs."""

    runs_table: str
    frames_table: str
    run_queue_url: str


@dataclass(frozen=True)
class CursorSettings:
    cursor_key: str


@dataclass(frozen=True)
class MachineSettings:
    evaluation_machine_arn: str


@read_at_start
def settings() -> Settings:
    return from_environment(Settings)


@cache
def term_settings() -> TermSettings:
    return from_environment(TermSettings)


@cache
def cursors() -> "Cursors":
    from shared.cursors import Cursors

    return Cursors(from_environment(CursorSettings).cursor_key)


@cache
def terms() -> Terms:
    known = term_settings()
    return Terms(
        Parameters(max_tokens=int(known.article_max_tokens)),
        Allowance(int(known.article_tokens_per_day), int(known.article_tokens_per_user_per_day)),
    )


@cache
def prices() -> "Prices":
    from decimal import Decimal

    from personalization.domain.articles.pricing import Prices

    known = term_settings()
    return Prices(Decimal(known.model_input_price), Decimal(known.model_output_price), known.model_currency)


# --- What is kept


@cache
def history() -> "DynamoChatHistory":
    from personalization.adapters.articles.history import DynamoChatHistory

    return DynamoChatHistory(settings().chat_history_table)


@cache
def texts() -> "ObjectTexts":
    from personalization.adapters.articles.texts import ObjectTexts

    return ObjectTexts(settings().long_texts_bucket)


@cache
def model() -> "ArticleWriter":
    from personalization.adapters.articles.model import ArticleWriter
    from shared.bedrock import BedrockModel
    from shared.circuit import CircuitBreaker
    from shared.model import PatientModel

    known = term_settings()
    bedrock = BedrockModel(
        known.model_id,
        max_tokens=int(known.article_max_tokens),
        attempt_seconds=100,  # 4,096 tokens in one piece
        sampling=_sampling(known.model_sampling),
    )
    return ArticleWriter(PatientModel(bedrock, CircuitBreaker(failures=10, open_seconds=20)))


def _sampling(name: str) -> "Sampling":
    known: dict[str, Sampling] = {"none": "none", "one": "one", "both": "both"}
    return known[name]


# --- What is done


@cache
def door() -> "ArticleDoor":
    from personalization.adapters.articles.starting import TransactionStarter
    from personalization.domain.articles.starting import ArticleDoor
    from shared.run_log import DynamoRunLog
    from shared.run_queue import SqsRunQueue

    known = from_environment(DoorSettings)
    log, queue = DynamoRunLog(known.runs_table, known.frames_table), SqsRunQueue(known.run_queue_url)
    starter = TransactionStarter(log, queue, history(), stores.budgets(), stores.first_answers())
    return ArticleDoor(
        prompt_projects.project_desk(), terms(), prompt_projects.cards(), history(), texts(), starter, new_id
    )


@cache
def answerer() -> "ArticleAnswerer":
    from personalization.domain.articles.answering import ArticleAnswerer

    return ArticleAnswerer(
        prompt_projects.cards(), history(), texts(), stores.budgets(), model, prices(), lambda: datetime.now(UTC)
    )


@cache
def sessions() -> "SessionDesk":
    from personalization.domain.articles.reading import SessionDesk

    return SessionDesk(prompt_projects.project_desk(), history(), texts())


@cache
def cases() -> "CaseDesk":
    from personalization.adapters.evaluations.patterns import LinearPatterns
    from personalization.domain.evaluations.cases import CaseDesk

    return CaseDesk(stores.case_store(), prompt_projects.project_desk(), LinearPatterns(), new_id)


@cache
def evaluations() -> "EvaluationDesk":
    from personalization.adapters.evaluations.runner import StateMachineRunner
    from personalization.domain.evaluations.running import EvaluationDesk

    runner = StateMachineRunner(from_environment(MachineSettings).evaluation_machine_arn)
    return EvaluationDesk(
        prompt_projects.project_desk(),
        prompt_projects.cards(),
        stores.case_store(),
        stores.evaluation_store(),
        runner,
        new_id,
    )


@cache
def case_runner() -> "CaseRunner":
    from personalization.adapters.evaluations.patterns import LinearPatterns
    from personalization.domain.evaluations.running import CaseRunner

    return CaseRunner(
        prompt_projects.projects().find,
        terms(),
        prompt_projects.cards(),
        stores.case_store(),
        stores.evaluation_store(),
        model(),
        prices(),
        LinearPatterns(),
        lambda: datetime.now(UTC),
    )
