"""Answers article runs: asks the model, and remembers what it has counted until the run ends."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from personalization.articles.domain.ending import ArticleEnder
from personalization.articles.domain.history import ChatHistory, Session
from personalization.articles.domain.prompting import MAX_EXCHANGES_REMEMBERED, ArticleModel, prompt_of
from personalization.articles.domain.starting import ArticleJob
from personalization.articles.domain.texts import Texts
from personalization.prompts.domain.cards import Cards
from shared.errors import NotFound
from shared.models.model import Usage
from shared.runs.run import Ending, Outcome, Run


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
        model: Callable[[], ArticleModel],
        ender: ArticleEnder,
        now: Callable[[], datetime],
    ) -> None:
        self._cards, self._history, self._texts = cards, history, texts
        self._model, self._ender, self._now = model, ender, now
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
        """As for any article run; what the model has counted itself is what was used."""
        counted = self._counted
        usage = counted.usage if counted and counted.run_id == run.run_id else None
        return self._ender.ending(run, text, outcome, usage)
