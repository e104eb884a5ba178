"""Answers article runs: asks the model, and at the end writes the history and settles the budgets."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from personalization.articles.domain.budget import Budgets
from personalization.articles.domain.history import ChatHistory, Reply, Session
from personalization.articles.domain.pricing import Prices
from personalization.articles.domain.prompting import MAX_EXCHANGES_REMEMBERED, ArticleModel, prompt_of
from personalization.articles.domain.starting import ArticleJob
from personalization.articles.domain.texts import Texts
from personalization.prompts.domain.cards import Cards
from shared.errors import NotFound
from shared.models.model import Usage
from shared.models.transcripts import estimated_tokens
from shared.persistence.unit_of_work import UnitOfWork
from shared.runs.run import Ending, Outcome, Run

_NO_USAGE = Usage(0, 0)


@dataclass(frozen=True, slots=True)
class _Counted:
    """What the model has counted itself."""

    run_id: str
    usage: Usage


class ArticleAnswerer:
    """The Answerer of article runs, one at a time. `model` is called only where an answer is made."""

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
        """The model's text, after three reads: the cards, the article, the history. Raises Unavailable, NotFound."""
        job = ArticleJob.of_json(run.request)
        cards = self._cards.at(run.subject, job.cards)
        session = Session(
            session_id=run.session_id,
            project_id=run.subject,
            user_id=run.user_id,
            started_at=run.created_at,
            last_message_at=run.created_at,
            title="",
        )
        now = self._now()
        exchange = self._history.find(run.session_id, run.created_at, run.run_id, now)
        if exchange is None:
            raise NotFound("The article has expired.")
        article = self._texts.read(exchange.input)
        newest = self._history.recent(session, MAX_EXCHANGES_REMEMBERED, now)
        prompt = prompt_of(cards.texts(job.variables), newest, article, job.parameters, job.max_input_tokens)
        for piece in self._model().stream(prompt):
            if isinstance(piece, Usage):
                self._counted = _Counted(run.run_id, piece)
            elif piece:
                yield piece

    def ending(self, run: Run, text: str, outcome: Outcome) -> Ending:
        """Completes the exchange in the history, failed ones too, and settles the reservation."""
        job = ArticleJob.of_json(run.request)
        usage, is_estimated = self._usage(run, job, text, outcome)
        cost = self._prices.cost(usage)
        now = self._now()
        # A process whose end is refused has kept a shorter text, which must not overwrite the one that counts.
        key = f"{run.subject}/{run.session_id}/{run.run_id}/answer-{len(text)}.txt"
        reply = Reply(
            answer=self._texts.keep(key, text),
            processing_ms=max(0, (now - run.created_at) // timedelta(milliseconds=1)),
            usage=usage,
            cost=cost,
            status=outcome,
        )

        def write(unit_of_work: UnitOfWork) -> None:
            self._history.complete(run.subject, run.session_id, run.created_at, run.run_id, reply)(unit_of_work)
            spent = usage.input_tokens + usage.output_tokens
            self._budgets.settle(job.reservation, spent)(unit_of_work)

        extra = {
            "usage": {
                "inputTokens": usage.input_tokens,
                "outputTokens": usage.output_tokens,
                "estimated": is_estimated,
            },
            "cost": {"micros": cost.micros, "currency": cost.currency},
            "promptCardsUsed": [str(card) for card in job.cards],
        }
        return Ending(extra, write)

    def _usage(self, run: Run, job: ArticleJob, text: str, outcome: Outcome) -> tuple[Usage, bool]:
        """What the model counted; otherwise an estimate from what was shown, never more than was reserved.

        Nothing is charged for a run of which nothing was shown, if it has failed or no worker has taken it.
        """
        counted = self._counted
        if counted is not None and counted.run_id == run.run_id:
            return counted.usage, False
        if not text and (outcome == "failed" or run.owner is None):
            return _NO_USAGE, False
        return Usage(job.max_input_tokens, min(estimated_tokens(text), job.parameters.max_tokens)), True
