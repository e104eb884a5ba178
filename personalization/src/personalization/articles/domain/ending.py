"""What is kept of an article run: the exchange in the history, failed ones too, and what it has spent."""

from collections.abc import Callable
from datetime import datetime, timedelta

from personalization.articles.domain.budget import Budgets
from personalization.articles.domain.history import ChatHistory, Reply
from personalization.articles.domain.pricing import Prices
from personalization.articles.domain.starting import ArticleJob
from personalization.articles.domain.texts import Texts
from shared.models.model import Usage
from shared.models.transcripts import estimated_tokens
from shared.persistence.unit_of_work import UnitOfWork
from shared.runs.run import Ending, Outcome, Run

_NO_USAGE = Usage(0, 0)


class ArticleEnder:
    """The Ender of article runs, whatever has become of their worker."""

    def __init__(
        self,
        *,
        history: ChatHistory,
        texts: Texts,
        budgets: Budgets,
        prices: Prices,
        now: Callable[[], datetime],
    ) -> None:
        self._history, self._texts, self._budgets, self._prices, self._now = history, texts, budgets, prices, now

    def ending(self, run: Run, text: str, outcome: Outcome, counted: Usage | None = None) -> Ending:
        """Completes the exchange in the history, and settles the reservation; `counted` is by the model."""
        job = ArticleJob.of_json(run.request)
        usage, is_estimated = (counted, False) if counted else _estimated(run, job, text, outcome)
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


def _estimated(run: Run, job: ArticleJob, text: str, outcome: Outcome) -> tuple[Usage, bool]:
    """From what was shown, never more than was reserved; and whether it is an estimate.

    Nothing is charged for a run of which nothing was shown, if it has failed or no worker has taken it.
    """
    if not text and (outcome == "failed" or run.owner is None):
        return _NO_USAGE, False
    return Usage(job.max_input_tokens, min(estimated_tokens(text), job.parameters.max_tokens)), True
