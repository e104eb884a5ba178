"""Evaluations are started, their cases run one by one, then finished. Every step may be repeated."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from personalization.articles.domain.budget import BudgetExceededError, budget_exceeded, new_reservation
from personalization.articles.domain.pricing import Prices
from personalization.articles.domain.prompting import ArticleModel, input_tokens, prompt_of
from personalization.articles.domain.starting import Terms
from personalization.evaluations.domain.cases import Case, Cases
from personalization.evaluations.domain.checks import CheckedAnswer, Failure, Patterns, failures
from personalization.evaluations.domain.evaluation import (
    NOT_RUN,
    CaseResult,
    Evaluation,
    EvaluationPage,
    Evaluations,
    Listing,
    Runner,
    outcome,
)
from personalization.prompts.domain.cards import Cards, Selection
from personalization.prompts.domain.editing import ProjectAccess
from personalization.prompts.domain.members import Role
from personalization.prompts.domain.projects import Project
from personalization.prompts.domain.prompts import LATEST
from personalization.prompts.domain.templates import require_values
from shared.auth.callers import Caller
from shared.errors import AlmonerError, Conflict, Invalid, NotFound, Unavailable
from shared.idempotency.claims import Claim
from shared.resilience.deadline import Deadline

_CASE_SECONDS = 110
_log = logging.getLogger(__name__)  # below the service's logger, whose handler writes it


class EvaluationService:
    """Editors start evaluations, members read them."""

    def __init__(
        self,
        *,
        project_access: ProjectAccess,
        cards: Cards,
        cases: Cases,
        evaluations: Evaluations,
        runner: Runner,
        new_id: Callable[[datetime], str],
    ) -> None:
        self._project_access, self._cards, self._cases = project_access, cards, cases
        self._evaluations, self._runner, self._new_id = evaluations, runner, new_id

    def start(
        self,
        caller: Caller,
        project_id: str,
        versions: Mapping[str, int | str],
        now: datetime,
        claim: Claim | None = None,
    ) -> Evaluation:
        """`versions` are those to evaluate, as in a Selection; if empty, the latest of all prompts in use.

        An evaluation that is saved but cannot be started yet is started when it is read. Raises NotFound, Forbidden;
        Invalid for versions that are not there; Conflict without cases; KeyInUse.
        """
        self._project_access.authorize(caller, project_id, Role.EDITOR)
        versions = versions or {card.prompt_id: LATEST for card in self._cards.selected(project_id, Selection()).used}
        cards = self._cards.selected(project_id, Selection(versions=versions)).used
        cases = self._cases.summaries(project_id)
        if not cases:
            raise Conflict("The project has no cases: add one before you start an evaluation.")
        subject = tuple(card for card in cards if card.prompt_id in versions)
        evaluation = Evaluation(
            project_id=project_id,
            evaluation_id=self._new_id(now),
            user_id=caller.user_id,
            subject=subject,
            cards=cards,
            case_ids=tuple(case.case_id for case in cases),
            started_at=now,
        )
        self._evaluations.begin(evaluation, claim.answered(started(evaluation), now) if claim else None)
        self._begin(evaluation)
        return evaluation

    def read(
        self, caller: Caller, project_id: str, evaluation_id: str, now: datetime
    ) -> tuple[Evaluation, tuple[CaseResult, ...]]:
        """An evaluation with its results. If it was never started it is started; if it will never finish, finished.

        Raises NotFound.
        """
        self._project_access.authorize(caller, project_id, Role.VIEWER)
        evaluation = self._evaluations.find(project_id, evaluation_id)
        if evaluation is None:
            raise NotFound("There is no such evaluation.")
        if evaluation.is_overdue(now):
            evaluation = finish(evaluation, self._evaluations, now)
        results = self._evaluations.results(project_id, evaluation_id)
        if not results and evaluation.should_have_begun(now):
            self._begin(evaluation)
        return evaluation, results

    def page(
        self, caller: Caller, project_id: str, listing: Listing, *, after: str | None, limit: int, now: datetime
    ) -> EvaluationPage:
        """The newest first. Those that will never finish are finished, and only listed if they still belong there.

        Raises NotFound.
        """
        self._project_access.authorize(caller, project_id, Role.VIEWER)
        page = self._evaluations.page(project_id, listing, after, limit, now)
        settled = (finish(each, self._evaluations, now) if each.is_overdue(now) else each for each in page.items)
        items = tuple(each for each in settled if listing.status in {None, each.status})
        return EvaluationPage(items, page.next_position)

    def _begin(self, evaluation: Evaluation) -> None:
        try:
            self._runner.start(evaluation)
        except Unavailable:
            _log.warning("evaluation not started yet", extra={"evaluationId": evaluation.evaluation_id})


def started(evaluation: Evaluation) -> Mapping[str, str]:
    """The answer to a request that starts an evaluation."""
    return {"evaluationId": evaluation.evaluation_id, "status": evaluation.status}


class CaseRunner:
    """Runs one case of an evaluation with the same prompt as an article, and checks the answer."""

    def __init__(
        self,
        *,
        find_project: Callable[[str], Project | None],
        platform: Terms,
        cards: Cards,
        cases: Cases,
        evaluations: Evaluations,
        model: ArticleModel,
        prices: Prices,
        patterns: Patterns,
        now: Callable[[], datetime],
    ) -> None:
        self._find_project, self._platform, self._cards = find_project, platform, cards
        self._cases, self._evaluations = cases, evaluations
        self._model, self._prices, self._patterns, self._now = model, prices, patterns, now

    def run(self, project_id: str, evaluation_id: str, case_id: str) -> None:
        """Raises Unavailable, for another attempt; any other failure is the case's result."""
        evaluation = self._evaluations.find(project_id, evaluation_id)
        if evaluation is None or evaluation.status != "running":
            return
        recorded = self._evaluations.result(project_id, evaluation_id, case_id)
        if recorded and recorded.status != "running":
            return
        case = self._cases.find(project_id, case_id)
        if case is None:
            self._evaluations.keep(
                evaluation,
                _failed(
                    CaseResult(case_id=case_id, case_version=0, name="", status="running"), "was deleted", self._now()
                ),
            )
            return
        taken = CaseResult(case_id=case.case_id, case_version=case.version, name=case.content.name, status="running")
        try:
            self._evaluations.keep(evaluation, self._checked(evaluation, case, taken))
        except Unavailable:
            raise
        except AlmonerError as error:
            self._evaluations.keep(evaluation, _failed(taken, _message(error), self._now()))

    def _checked(self, evaluation: Evaluation, case: Case, taken: CaseResult) -> CaseResult:
        project = self._find_project(evaluation.project_id)
        if project is None:
            raise NotFound("The project was deleted.")
        terms = self._platform.with_settings(project.settings)
        cards = self._cards.at(evaluation.project_id, evaluation.cards)
        require_values(cards.variables, case.content.variables)
        texts = cards.texts(case.content.variables)
        now = self._now()
        tokens = input_tokens(texts, case.content.article) + terms.parameters.max_tokens
        reservation = new_reservation(evaluation.project_id, evaluation.user_id, tokens, terms.allowance, now)
        try:
            self._evaluations.take(evaluation, replace(taken, reservation=reservation), terms.allowance)
        except BudgetExceededError as error:
            raise budget_exceeded(error.whose, reservation, terms.allowance, now) from error
        prompt = prompt_of(texts, (), case.content.article, terms.parameters, tokens)
        answer, usage = self._model.ask(prompt, Deadline(_CASE_SECONDS))
        cost = self._prices.cost(usage)
        failed = failures(case.content.checks, CheckedAnswer(answer, cost.micros), self._patterns)
        return replace(
            taken,
            status="failed" if failed else "passed",
            failures=failed,
            answer=answer,
            usage=usage,
            cost_micros=cost.micros,
            finished_at=self._now(),
        )


def finish(evaluation: Evaluation, evaluations: Evaluations, now: datetime) -> Evaluation:
    """Finish an evaluation: cases that are still running have failed, and their reservations are released."""
    for result in evaluations.results(evaluation.project_id, evaluation.evaluation_id):
        if result.status == "running":
            evaluations.keep(evaluation, _failed(result, NOT_RUN, now))
    results = evaluations.results(evaluation.project_id, evaluation.evaluation_id)
    finished, verdicts = outcome(evaluation, results, now)
    evaluations.finish(finished, verdicts)
    return finished


def _failed(result: CaseResult, why: str, now: datetime) -> CaseResult:
    return replace(result, status="failed", failures=(Failure(None, why),), finished_at=now)


def _message(error: AlmonerError) -> str:
    """The error's detail, and what is wrong with which field."""
    errors = error.errors if isinstance(error, Invalid) else ()
    return "; ".join([error.detail, *(f"{each.field} {each.message}" for each in errors)])
