"""The composition root of articles."""

from datetime import UTC, datetime
from decimal import Decimal
from functools import cache

from personalization import settings
from personalization.articles.adapters.budgets import DynamoBudgets
from personalization.articles.adapters.erasing import SessionErasing
from personalization.articles.adapters.history import DynamoChatHistory
from personalization.articles.adapters.model import ArticleWriter
from personalization.articles.adapters.starting import TransactionStarter
from personalization.articles.adapters.texts import ObjectTexts
from personalization.articles.domain.answering import ArticleAnswerer
from personalization.articles.domain.balances import BudgetService
from personalization.articles.domain.budget import Allowance
from personalization.articles.domain.ending import ArticleEnder
from personalization.articles.domain.listing import RunListService
from personalization.articles.domain.pricing import Prices
from personalization.articles.domain.prompting import Parameters
from personalization.articles.domain.reading import SessionService
from personalization.articles.domain.starting import KIND, ArticleRunService, Terms
from personalization.prompts import wiring as prompts
from shared.dynamodb.connection import readers
from shared.http.cursors import Cursors
from shared.idempotency.first_answers import DynamoFirstAnswers
from shared.ids import new_id
from shared.models.bedrock import BedrockModel, Sampling
from shared.models.model import RetryingModel
from shared.resilience.circuit import CircuitBreaker
from shared.runs.answerers import Answerers
from shared.runs.service import RunService
from shared.runs.starting import RunStarter
from shared.runs.wiring import log, queue
from shared.sockets.wiring import sender

__all__ = [
    "answerer",
    "budget_service",
    "budgets",
    "cursors",
    "first_answers",
    "history",
    "model",
    "prices",
    "run_list_service",
    "run_service",
    "session_erasing",
    "session_service",
    "terms",
    "texts",
]

_SAMPLING: dict[str, Sampling] = {"none": "none", "one": "one", "both": "both"}


@cache
def terms() -> Terms:
    limits = settings.ArticleTerms()
    return Terms(
        Parameters(max_tokens=int(limits.article_max_tokens)),
        Allowance(int(limits.article_tokens_per_day), int(limits.article_tokens_per_user_per_day)),
    )


@cache
def prices() -> Prices:
    prices = settings.ModelPrices()
    return Prices(Decimal(prices.model_input_price), Decimal(prices.model_output_price), prices.model_currency)


@cache
def history() -> DynamoChatHistory:
    return DynamoChatHistory(settings.Articles().chat_history_table)


@cache
def texts() -> ObjectTexts:
    return ObjectTexts(settings.Articles().long_texts_bucket)


@cache
def budgets() -> DynamoBudgets:
    return DynamoBudgets(settings.Articles().budgets_table)


@cache
def first_answers() -> DynamoFirstAnswers:
    return DynamoFirstAnswers(settings.Articles().idempotency_table)


@cache
def model() -> ArticleWriter:
    model = settings.ArticleModel()
    bedrock = BedrockModel(
        model.model_id,
        max_tokens=int(model.article_max_tokens),
        attempt_seconds=100,  # 4,096 tokens in one piece
        sampling=_SAMPLING[model.model_sampling],
    )
    return ArticleWriter(RetryingModel(bedrock, CircuitBreaker(failures=10, open_seconds=20)))


@cache
def run_service() -> ArticleRunService:
    return ArticleRunService(
        project_access=prompts.project_service(),
        platform=terms(),
        cards=prompts.cards(),
        history=history(),
        texts=texts(),
        starter=TransactionStarter(
            runs=RunStarter(log(), queue()), history=history(), budgets=budgets(), first_answers=first_answers()
        ),
        new_id=new_id,
    )


@cache
def ender() -> ArticleEnder:
    return ArticleEnder(
        history=history(), texts=texts(), budgets=budgets(), prices=prices(), now=lambda: datetime.now(UTC)
    )


@cache
def answerer() -> ArticleAnswerer:
    return ArticleAnswerer(
        cards=prompts.cards(),
        history=history(),
        texts=texts(),
        model=model,
        ender=ender(),
        now=lambda: datetime.now(UTC),
    )


@cache
def budget_service() -> BudgetService:
    return BudgetService(project_access=prompts.project_service(), platform=terms(), budgets=budgets(), readers=readers)


@cache
def session_service() -> SessionService:
    return SessionService(prompts.project_service(), history(), texts(), session_erasing())


@cache
def run_list_service() -> RunListService:
    return RunListService(prompts.project_service(), history())


@cache
def session_erasing() -> SessionErasing:
    """Stops the answers that are being written."""
    runs = RunService(log=log(), enders=Answerers({KIND: ender}), sender=sender())
    return SessionErasing(settings.Articles().chat_history_table, texts(), runs)


@cache
def cursors() -> Cursors:
    return Cursors(settings.CursorKey().cursor_key)
