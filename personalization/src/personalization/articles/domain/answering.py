"""Answers article runs: asks the model, and ends each run with its place in the history and the budgets."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from personalization.articles.domain.budget import Budgets
from personalization.articles.domain.history import ChatHistory, Reply, Session
from personalization.articles.domain.pricing import Prices
from personalization.articles.domain.prompting import EXCHANGES_REMEMBERED, ArticleModel, prompt_of
from personalization.articles.domain.starting import ArticleRequest
from personalization.articles.domain.texts import Texts
from personalization.prompts.domain.cards import Cards
from shared.errors import NotFound
from shared.models.model import Usage
from shared.models.transcripts import estimated_tokens
from shared.persistence.unit_of_work import UnitOfWork
from shared.runs.run import Ending, Outcome, Run

_NOTHING = Usage(0, 0)


@dataclass(frozen=True, slots=True)
class _Counted:
    run_id: str
    usage: Usage


class ArticleAnswerer:
    """An Answerer of article runs; one run at a time. Who only ends runs never loads a model."""

    def __init__(
        self,
        *,
        cards: Cards,
        history: ChatHistory,
        texts: Texts,
        budgets: Budgets,
        model: Callable[[], ArticleModel],
        prices: Prices,
        now: Callable[[], datetime],
    ) -> None:
        self._cards, self._history, self._texts = cards, history, texts
        self._budgets, self._model, self._prices, self._now = budgets, model, prices, now
        self._counted: _Counted | None = None

    def pieces(self, run: Run) -> Iterator[str]:
        """The model's words, after three reads: the cards, the article, the history. Raises Unavailable, NotFound."""
        asked = ArticleRequest.of_json(run.request)
        cards = self._cards.at(run.subject, asked.cards)
        session = Session(run.session_id, run.subject, run.user_id, run.created_at, run.created_at)
        now = self._now()
        exchange = self._history.find(run.session_id, run.created_at, run.run_id, now)
        if exchange is None:
            raise NotFound("The article has expired.")
        article = self._texts.read(exchange.input)
        newest = self._history.recent(session, EXCHANGES_REMEMBERED, now)
        most_tokens = asked.reservation.tokens - asked.parameters.max_tokens
        prompt = prompt_of(cards.texts(asked.variables), newest, article, asked.parameters, most_tokens)
        for piece in self._model().stream(prompt):
            if isinstance(piece, Usage):
                self._counted = _Counted(run.run_id, piece)
            elif piece:
                yield piece

    def ending(self, run: Run, text: str, outcome: Outcome) -> Ending:
        """The exchange goes into the history, failed ones too, and the reservation is settled."""
        asked = ArticleRequest.of_json(run.request)
        usage, estimated = self._usage(run, asked, text, outcome)
        cost = self._prices.cost(usage)
        now = self._now()
        # Whoever is overtaken in ending the run has kept less of it, and must not write over what counts.
        place = f"{run.subject}/{run.session_id}/{run.run_id}/answer-{len(text)}.txt"
        reply = Reply(
            answer=self._texts.keep(place, text),
            processing_ms=max(0, (now - run.created_at) // timedelta(milliseconds=1)),
            usage=usage,
            cost=cost,
            status=outcome,
        )

        def write(unit_of_work: UnitOfWork) -> None:
            self._history.complete(run.session_id, run.created_at, run.run_id, reply)(unit_of_work)
            spent = usage.input_tokens + usage.output_tokens
            self._budgets.settle(asked.reservation, spent)(unit_of_work)

        told = {
            "usage": {
                "inputTokens": usage.input_tokens,
                "outputTokens": usage.output_tokens,
                "estimated": estimated,
            },
            "cost": {"micros": cost.micros, "currency": cost.currency},
            "promptCardsUsed": [str(card) for card in asked.cards],
        }
        return Ending(told, write)

    def _usage(self, run: Run, asked: ArticleRequest, text: str, outcome: Outcome) -> tuple[Usage, bool]:
        """What the model counted; else an estimate, made of what was shown and never more than was reserved.

        Nothing is charged where nothing was shown of a run that failed, or that no worker has taken.
        """
        counted = self._counted
        if counted is not None and counted.run_id == run.run_id:
            return counted.usage, False
        if not text and (outcome == "failed" or run.owner is None):
            return _NOTHING, False
        most_read = asked.reservation.tokens - asked.parameters.max_tokens
        return Usage(most_read, min(estimated_tokens(text), asked.parameters.max_tokens)), True
