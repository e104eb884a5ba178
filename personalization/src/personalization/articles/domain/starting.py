"""Starting article runs: check the request, reserve its tokens, then queue the run."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, Self

from personalization.articles.domain.budget import Allowance, BudgetSpentError, Reservation, reservation_of, used_up
from personalization.articles.domain.history import ChatHistory, Exchange, Session
from personalization.articles.domain.prompting import (
    EXCHANGES_REMEMBERED,
    Parameters,
    exchange_tokens,
    input_tokens,
    remembered,
)
from personalization.articles.domain.texts import Texts
from personalization.prompts.domain.cards import Cards, CardUsed
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
    """How a project's articles are run, and what they may cost."""

    parameters: Parameters
    allowance: Allowance

    def of(self, settings: ProjectSettings) -> "Terms":
        """The project's terms, where these are the platform's."""
        ours, parameters, allowance = settings, self.parameters, self.allowance
        return Terms(
            Parameters(
                max_tokens=parameters.max_tokens if ours.max_tokens is None else ours.max_tokens,
                temperature=parameters.temperature if ours.temperature is None else ours.temperature,
                top_p=parameters.top_p if ours.top_p is None else ours.top_p,
            ),
            Allowance(
                project=allowance.project if ours.tokens_per_day is None else ours.tokens_per_day,
                user=allowance.user if ours.tokens_per_user_per_day is None else ours.tokens_per_user_per_day,
            ),
        )


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants done with an article."""

    project_id: str
    session_id: str
    article: str
    variables: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ArticleRequest:
    """What a run does, fixed when it was accepted; the article itself is in the history."""

    variables: Mapping[str, str]
    cards: tuple[CardUsed, ...]
    parameters: Parameters
    reservation: Reservation

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
class Beginning:
    """All that a run begins with; `at` is when."""

    run: Run
    session: Session
    exchange: Exchange
    reservation: Reservation
    allowance: Allowance
    first_answer: FirstAnswer | None
    at: datetime


class Starter(Protocol):
    def begin(self, beginning: Beginning) -> None:
        """Write all of it or nothing, then queue the run.

        Raises KeyInUse; NotFound where the session is another's by now; BudgetSpentError.
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
        starter: Starter,
        new_id: Callable[[datetime], str],
    ) -> None:
        self._project_access, self._platform, self._cards, self._history = project_access, platform, cards, history
        self._texts, self._starter, self._new_id = texts, starter, new_id

    def start(self, caller: Caller, wanted: Wanted, now: datetime, claim: Claim | None = None) -> Accepted:
        """Raises NotFound; Conflict of an inactive project; Invalid variables; TooManyRequests; KeyInUse."""
        project = self._project_access.authorize(caller, wanted.project_id, Role.VIEWER)
        project.require_active()
        terms = self._platform.of(project.settings)
        cards = self._cards.production(wanted.project_id, now)
        if not cards.used:
            raise Conflict("The project has no active prompt yet: there is nothing to do with an article.")
        require_values(cards.variables, wanted.variables)
        kept = self._kept_session(caller, wanted, now)
        tokens = (
            input_tokens(cards.texts(wanted.variables), wanted.article)
            + (self._history_tokens(kept, now) if kept else 0)
            + terms.parameters.max_tokens
        )
        reservation = reservation_of(wanted.project_id, caller.user_id, tokens, terms.allowance, now)
        run_id = self._new_id(now)
        article = self._texts.keep(f"{wanted.project_id}/{wanted.session_id}/{run_id}/input.txt", wanted.article)
        request = ArticleRequest(wanted.variables, cards.used, terms.parameters, reservation)
        run = queued_run(
            run_id=run_id,
            kind=KIND,
            user_id=caller.user_id,
            subject=wanted.project_id,
            session_id=wanted.session_id,
            request=request.to_json(),
            now=now,
        )
        session = Session(
            session_id=wanted.session_id,
            project_id=wanted.project_id,
            user_id=caller.user_id,
            started_at=kept.started_at if kept else now,
            last_message_at=now,
        )
        exchange = Exchange(
            session_id=wanted.session_id,
            run_id=run_id,
            project_id=wanted.project_id,
            user_id=caller.user_id,
            asked_at=now,
            input=article,
            cards_used=cards.used,
        )
        accepted = Accepted.of(run)
        beginning = Beginning(
            run=run,
            session=session,
            exchange=exchange,
            reservation=reservation,
            allowance=terms.allowance,
            first_answer=claim.answered(accepted, now) if claim else None,
            at=now,
        )
        try:
            self._starter.begin(beginning)
        except BudgetSpentError as spent:
            raise used_up(spent.whose, reservation, terms.allowance, now) from spent
        return accepted

    def _kept_session(self, caller: Caller, wanted: Wanted, now: datetime) -> Session | None:
        """The session if it is there. Raises NotFound for another's."""
        kept = self._history.session(wanted.session_id, now)
        if kept and (kept.user_id, kept.project_id) != (caller.user_id, wanted.project_id):
            raise NotFound("There is no such session.")
        return kept

    def _history_tokens(self, session: Session, now: datetime) -> int:
        newest = self._history.recent(session, EXCHANGES_REMEMBERED, now)
        return sum(exchange_tokens(each) or 0 for each in remembered(newest))
