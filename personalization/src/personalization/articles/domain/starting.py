"""Starting article runs: check the request, reserve its tokens, then queue the run."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol, Self

from personalization.articles.domain.budget import (
    Allowance,
    BudgetExceededError,
    Reservation,
    budget_exceeded,
    new_reservation,
)
from personalization.articles.domain.history import ChatHistory, Exchange, Session, title_of
from personalization.articles.domain.prompting import (
    MAX_EXCHANGES_REMEMBERED,
    Parameters,
    exchange_tokens,
    input_tokens,
    remembered,
)
from personalization.articles.domain.texts import Texts
from personalization.prompts.domain.cards import Cards, CardSet, CardUsed, Selection
from personalization.prompts.domain.editing import ProjectAccess
from personalization.prompts.domain.members import Role
from personalization.prompts.domain.projects import ProjectSettings
from personalization.prompts.domain.templates import require_values
from shared.auth.callers import Caller
from shared.errors import Conflict, NotFound
from shared.idempotency.claims import Claim, FirstAnswer
from shared.runs.run import Accepted, Run, queued_run

KIND = "article"


@dataclass(frozen=True, slots=True)
class Terms:
    """How articles are processed, and what that may cost."""

    parameters: Parameters
    allowance: Allowance

    def with_settings(self, settings: ProjectSettings) -> "Terms":
        """These terms, except for what the project sets."""
        parameters, allowance = self.parameters, self.allowance
        return Terms(
            Parameters(
                max_tokens=parameters.max_tokens if settings.max_tokens is None else settings.max_tokens,
                temperature=parameters.temperature if settings.temperature is None else settings.temperature,
                top_p=parameters.top_p if settings.top_p is None else settings.top_p,
            ),
            Allowance(
                project=allowance.project if settings.tokens_per_day is None else settings.tokens_per_day,
                user=allowance.user if settings.tokens_per_user_per_day is None else settings.tokens_per_user_per_day,
            ),
        )


@dataclass(frozen=True, slots=True)
class ArticleRequest:
    """What a client asks for: with what is in production, or with other versions of the prompts."""

    project_id: str
    session_id: str
    article: str
    variables: Mapping[str, str]
    selection: Selection = field(default_factory=Selection)


@dataclass(frozen=True, slots=True)
class ArticleJob:
    """What a run has to do, fixed when it was accepted; the article itself is in the history."""

    variables: Mapping[str, str]
    cards: tuple[CardUsed, ...]
    parameters: Parameters
    reservation: Reservation

    @property
    def max_input_tokens(self) -> int:
        return self.reservation.tokens - self.parameters.max_tokens

    def to_json(self) -> dict[str, Any]:
        return {
            "variables": dict(self.variables),
            "cards": [str(card) for card in self.cards],
            "parameters": self.parameters.to_json(),
            "reservation": self.reservation.to_json(),
        }

    @classmethod
    def of_json(cls, value: Mapping[str, Any]) -> Self:
        return cls(
            value["variables"],
            tuple(CardUsed.parse(card) for card in value["cards"]),
            Parameters.of_json(value["parameters"]),
            Reservation.of_json(value["reservation"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class NewArticleRun:
    """Everything that is written when a run starts; `is_new_session`, unless the session has messages already."""

    run: Run
    session: Session
    is_new_session: bool
    exchange: Exchange
    reservation: Reservation
    allowance: Allowance
    first_answer: FirstAnswer | None
    started_at: datetime


class ArticleRunStarter(Protocol):
    def start(self, new: NewArticleRun, announce: Callable[[], object]) -> None:
        """Write all of it or nothing, announce the run, then queue it.

        Raises KeyInUse; NotFound if the session is another's; BudgetExceededError.
        """
        ...


class ArticleRunService:
    """Starts article runs."""

    def __init__(
        self,
        *,
        project_access: ProjectAccess,
        platform: Terms,
        cards: Cards,
        history: ChatHistory,
        texts: Texts,
        starter: ArticleRunStarter,
        new_id: Callable[[datetime], str],
    ) -> None:
        self._project_access, self._platform, self._cards, self._history = project_access, platform, cards, history
        self._texts, self._starter, self._new_id = texts, starter, new_id

    def start(
        self,
        caller: Caller,
        request: ArticleRequest,
        now: datetime,
        claim: Claim | None = None,
        *,
        followed_by: str | None = None,
        announce: Callable[[Run], object] = lambda _: None,
    ) -> Accepted:
        """Editors may choose versions, everybody else gets those in production.

        Raises NotFound; Forbidden; Conflict if the project is inactive or has no prompt; Invalid; TooManyRequests;
        KeyInUse.
        """
        is_production = request.selection.is_production
        required = Role.VIEWER if is_production else Role.EDITOR
        project = self._project_access.authorize(caller, request.project_id, required)
        project.require_active()
        terms = self._platform.with_settings(project.settings)
        cards = (
            self._cards.production(project)
            if is_production
            else self._cards.selected(request.project_id, request.selection)
        )
        if not cards.used:
            raise Conflict("The project has no active prompt: activate one before you send an article.")
        require_values(cards.variables, request.variables)
        existing = self._existing_session(caller, request, now)
        tokens = self._input_tokens(request, cards, existing, now) + terms.parameters.max_tokens
        reservation = new_reservation(request.project_id, caller.user_id, tokens, terms.allowance, now)
        job = ArticleJob(request.variables, cards.used, terms.parameters, reservation)
        run = self._run(caller, request, job, now)
        if followed_by:
            run = run.followed_by(followed_by)
        accepted = Accepted.of(run)
        new = NewArticleRun(
            run=run,
            session=_session(run, existing, request.article),
            is_new_session=existing is None,
            exchange=self._exchange(run, request.article, job),
            reservation=reservation,
            allowance=terms.allowance,
            first_answer=claim.answered(accepted, now) if claim else None,
            started_at=now,
        )
        try:
            self._starter.start(new, lambda: announce(run))
        except BudgetExceededError as error:
            raise budget_exceeded(error.whose, reservation, terms.allowance, now) from error
        return accepted

    def _existing_session(self, caller: Caller, request: ArticleRequest, now: datetime) -> Session | None:
        """None for a new one. Raises NotFound for another's."""
        session = self._history.session(request.session_id, now)
        if session and (session.user_id, session.project_id) != (caller.user_id, request.project_id):
            raise NotFound("There is no such session.")
        return session

    def _input_tokens(self, request: ArticleRequest, cards: CardSet, session: Session | None, now: datetime) -> int:
        """An estimate for the cards, the article and as much of the session as the model gets."""
        tokens = input_tokens(cards.texts(request.variables), request.article)
        if session:
            newest = self._history.recent(session, MAX_EXCHANGES_REMEMBERED, now)
            tokens += sum(exchange_tokens(each) or 0 for each in remembered(newest))
        return tokens

    def _run(self, caller: Caller, request: ArticleRequest, job: ArticleJob, now: datetime) -> Run:
        return queued_run(
            run_id=self._new_id(now),
            kind=KIND,
            user_id=caller.user_id,
            subject=request.project_id,
            session_id=request.session_id,
            request=job.to_json(),
            now=now,
        )

    def _exchange(self, run: Run, article: str, job: ArticleJob) -> Exchange:
        """The run's, without a reply. A long article is stored first, beside the table."""
        key = f"{run.subject}/{run.session_id}/{run.run_id}/input.txt"
        return Exchange(
            session_id=run.session_id,
            run_id=run.run_id,
            project_id=run.subject,
            user_id=run.user_id,
            sent_at=run.created_at,
            input=self._texts.keep(key, article),
            cards_used=job.cards,
        )


def _session(run: Run, existing: Session | None, article: str) -> Session:
    """Continued, or new, with the article's first words as its title."""
    if existing:
        return replace(existing, last_message_at=run.created_at)
    return Session(
        session_id=run.session_id,
        project_id=run.subject,
        user_id=run.user_id,
        started_at=run.created_at,
        last_message_at=run.created_at,
        title=title_of(article),
    )
