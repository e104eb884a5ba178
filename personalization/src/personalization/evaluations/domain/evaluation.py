"""Evaluations: a project's cases, run with one set of versions of its prompts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal, Protocol

from personalization.articles.domain.budget import Allowance, Reservation
from personalization.evaluations.domain.checks import Failure
from personalization.prompts.domain.cards import CardUsed
from shared.idempotency.claims import FirstAnswer
from shared.models.model import Usage
from shared.time.periods import Period

MAX_DURATION = timedelta(minutes=30)
"""After it, an evaluation that has not finished never will."""
MAX_START_DELAY = timedelta(minutes=1)
"""After it, an evaluation without results has not been started."""
NOT_RUN = "was not completed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """`cards` are all versions that the cases run with; `subject` those under evaluation."""

    project_id: str
    evaluation_id: str
    user_id: str
    subject: tuple[CardUsed, ...]
    cards: tuple[CardUsed, ...]
    case_ids: tuple[str, ...]
    started_at: datetime
    status: Literal["running", "passed", "failed"] = "running"
    finished_at: datetime | None = None
    passed_cases: int | None = None  # how many, once it is finished

    def is_overdue(self, now: datetime) -> bool:
        return self.status == "running" and now >= self.started_at + MAX_DURATION

    def should_have_begun(self, now: datetime) -> bool:
        return self.status == "running" and now >= self.started_at + MAX_START_DELAY


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResult:
    """`reservation` is held while the case is `running`. `case_version` is 0 if the case is gone."""

    case_id: str
    case_version: int
    name: str
    status: Literal["running", "passed", "failed"]
    reservation: Reservation | None = None
    failures: tuple[Failure, ...] = ()
    answer: str = ""
    usage: Usage | None = None
    cost_micros: int = 0
    finished_at: datetime | None = None

    @property
    def tokens(self) -> int:
        """What the case has used."""
        return self.usage.input_tokens + self.usage.output_tokens if self.usage else 0


@dataclass(frozen=True, slots=True)
class FailingCase:
    case_id: str
    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """The newest finished evaluation's result for one version of a prompt; `cases` are the case versions it ran."""

    prompt_id: str
    version: int
    evaluation_id: str
    cases: Mapping[str, int]
    failing: tuple[FailingCase, ...]


class EvaluationStatus(StrEnum):
    RUNNING = "running"
    PASSED = "passed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Listing:
    """Which evaluations are listed: of a status, or of all; started within the period."""

    status: EvaluationStatus | None = None
    period: Period = field(default_factory=Period)


@dataclass(frozen=True, slots=True)
class EvaluationPage:
    """The newest first; `next_position` is the id of the last if others follow."""

    items: tuple[Evaluation, ...]
    next_position: str | None


class Evaluations(Protocol):
    def begin(self, evaluation: Evaluation, first_answer: FirstAnswer | None) -> None:
        """Raises KeyInUse."""
        ...

    def find(self, project_id: str, evaluation_id: str) -> Evaluation | None: ...

    def page(
        self, project_id: str, listing: Listing, after: str | None, limit: int, now: datetime
    ) -> EvaluationPage: ...

    def results(self, project_id: str, evaluation_id: str) -> tuple[CaseResult, ...]: ...

    def result(self, project_id: str, evaluation_id: str, case_id: str) -> CaseResult | None: ...

    def take(self, evaluation: Evaluation, result: CaseResult, allowance: Allowance) -> None:
        """Record that a case is running, with its reservation; does nothing if that is recorded already.

        Raises BudgetExceededError.
        """
        ...

    def keep(self, evaluation: Evaluation, result: CaseResult) -> None:
        """Record the result of a case, and settle its reservation; does nothing if that is recorded already."""
        ...

    def finish(self, evaluation: Evaluation, verdicts: Sequence[Verdict]) -> None:
        """Record the outcome, and the verdicts that are newer than the recorded ones. Repeating it changes nothing."""
        ...

    def verdict(self, project_id: str, prompt_id: str, version: int) -> Verdict | None: ...


class Runner(Protocol):
    def start(self, evaluation: Evaluation) -> None:
        """Have the cases run; starting an evaluation again changes nothing. Raises Unavailable."""
        ...


def outcome(
    evaluation: Evaluation, results: Sequence[CaseResult], now: datetime
) -> tuple[Evaluation, tuple[Verdict, ...]]:
    """The finished evaluation, passed if every case has passed; and the verdict on each card."""
    by_id = {result.case_id: result for result in results}
    failing: list[FailingCase] = []
    for case_id in evaluation.case_ids:
        result = by_id.get(case_id)
        if result is None or result.status == "running":
            failing.append(FailingCase(case_id, result.name if result else "", NOT_RUN))
        elif result.status == "failed":
            failing.append(FailingCase(case_id, result.name, "; ".join(each.why for each in result.failures)))
    finished = replace(
        evaluation,
        status="failed" if failing else "passed",
        finished_at=now,
        passed_cases=len(evaluation.case_ids) - len(failing),
    )
    cases = {result.case_id: result.case_version for result in results}
    verdicts = tuple(
        Verdict(card.prompt_id, card.version, evaluation.evaluation_id, cases, tuple(failing))
        for card in evaluation.cards
    )
    return finished, verdicts
