"""The composition root of runs for those who read, follow, stop and end them, and do not answer them.

It makes what it needs of the agent and of articles itself: their own wirings load what answers.
"""

from datetime import UTC, datetime
from decimal import Decimal
from functools import cache

from personalization import settings
from personalization.agent.adapters.turns import DynamoTurns
from personalization.agent.domain.ending import KIND as AGENT
from personalization.agent.domain.ending import TurnEnder
from personalization.articles.adapters.budgets import DynamoBudgets
from personalization.articles.adapters.history import DynamoChatHistory
from personalization.articles.adapters.texts import ObjectTexts
from personalization.articles.domain.ending import ArticleEnder
from personalization.articles.domain.pricing import Prices
from personalization.articles.domain.starting import KIND as ARTICLE
from personalization.sockets.wiring import access, sender
from shared.event_streams.tickets import StreamTickets
from shared.runs.answerers import Answerers
from shared.runs.run import Ender
from shared.runs.service import RunService
from shared.runs.supervision import RunSupervisor
from shared.runs.wiring import log, queue

__all__ = ["access", "log", "queue", "run_service", "run_tickets", "sender", "supervisor"]


def _now() -> datetime:
    return datetime.now(UTC)


def _turn_ender() -> Ender:
    tables = settings.Turns()
    turns = DynamoTurns(
        tables.context_table, tables.sessions_table, tables.interactions_table, tables.conversations_table
    )
    return TurnEnder(turns, _now)


def _article_ender() -> Ender:
    kept, prices = settings.Articles(), settings.ModelPrices()
    return ArticleEnder(
        history=DynamoChatHistory(kept.chat_history_table),
        texts=ObjectTexts(kept.long_texts_bucket),
        budgets=DynamoBudgets(kept.budgets_table),
        prices=Prices(Decimal(prices.model_input_price), Decimal(prices.model_output_price), prices.model_currency),
        now=_now,
    )


@cache
def run_service() -> RunService:
    enders = Answerers({AGENT: _turn_ender, ARTICLE: _article_ender})
    return RunService(log=log(), enders=enders, sender=sender())


@cache
def supervisor() -> RunSupervisor:
    return RunSupervisor(runs=run_service(), log=log(), queue=queue())


@cache
def run_tickets() -> StreamTickets:
    return StreamTickets(settings.CursorKey().cursor_key)
