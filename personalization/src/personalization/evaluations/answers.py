"""What clients receive about cases and evaluations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from personalization.articles.domain.pricing import Cost
from personalization.evaluations.domain.cases import Case, CasePage
from personalization.evaluations.domain.checks import Check, Contains, FitsSchema, Lacks, Matches, MaxCost, MaxLength
from personalization.evaluations.domain.evaluation import CaseResult, Evaluation, EvaluationPage, Listing
from shared.http.cursors import Cursors
from shared.models.model import Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseAnswer:
    case_id: str
    name: str
    article: str
    variables: Mapping[str, str]
    checks: tuple[Mapping[str, object], ...]
    version: int
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class CaseList:
    items: tuple[CaseAnswer, ...]
    next_cursor: str | None


def cases_scope(project_id: str) -> str:
    """The scope of cursors of a project's cases."""
    return f"cases:{project_id}"


def cases_answer(project_id: str, page: CasePage, cursors: Cursors) -> CaseList:
    return CaseList(tuple(map(case_answer, page.items)), cursors.make(cases_scope(project_id), page.next_position))


def case_answer(case: Case) -> CaseAnswer:
    return CaseAnswer(
        case_id=case.case_id,
        name=case.content.name,
        article=case.content.article,
        variables=case.content.variables,
        checks=tuple(map(_check_item, case.content.checks)),
        version=case.version,
        created_at=case.created_at,
        updated_at=case.updated_at,
    )


def _check_item(check: Check) -> Mapping[str, object]:
    match check:
        case Contains(text):
            return {"kind": "contains", "text": text}
        case Lacks(text):
            return {"kind": "lacks", "text": text}
        case Matches(pattern):
            return {"kind": "matches", "pattern": pattern}
        case FitsSchema(schema):
            return {"kind": "json-schema", "schema": schema}
        case MaxLength(characters):
            return {"kind": "max-length", "characters": characters}
        case MaxCost(micros):
            return {"kind": "max-cost", "micros": micros}


@dataclass(frozen=True, slots=True)
class EvaluationStarted:
    evaluation_id: str
    status: Literal["running", "passed", "failed"]


@dataclass(frozen=True, slots=True)
class FailureItem:
    """`check` is the failed check's place in its case, from 0; null where the case could not be run."""

    check: int | None
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResultItem:
    """`caseVersion` is the one that was run; what is not determined yet is null."""

    case_id: str
    case_version: int | None
    name: str | None
    status: Literal["waiting", "running", "passed", "failed"]
    failures: tuple[FailureItem, ...]
    answer: str | None
    usage: Usage | None
    cost: Cost | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationAnswer:
    """`versions` are those that it is about, `promptCardsUsed` all that the cases went through."""

    evaluation_id: str
    status: Literal["running", "passed", "failed"]
    versions: Mapping[str, int]
    prompt_cards_used: tuple[str, ...]
    started_by: str
    started_at: datetime
    finished_at: datetime | None
    cases: tuple[CaseResultItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationItem:
    """An evaluation in a list; `passedCases` of `caseCount` is null until it is finished."""

    evaluation_id: str
    status: Literal["running", "passed", "failed"]
    versions: Mapping[str, int]
    started_by: str
    started_at: datetime
    finished_at: datetime | None
    case_count: int
    passed_cases: int | None


@dataclass(frozen=True, slots=True)
class EvaluationList:
    items: tuple[EvaluationItem, ...]
    next_cursor: str | None


def evaluations_scope(project_id: str, listing: Listing) -> str:
    """The scope of cursors of a project's evaluations."""
    return repr(("evaluations", project_id, listing))


def evaluations_answer(scope: str, page: EvaluationPage, cursors: Cursors) -> EvaluationList:
    return EvaluationList(tuple(map(_evaluation_item, page.items)), cursors.make(scope, page.next_position))


def _evaluation_item(evaluation: Evaluation) -> EvaluationItem:
    return EvaluationItem(
        evaluation_id=evaluation.evaluation_id,
        status=evaluation.status,
        versions=_versions(evaluation),
        started_by=evaluation.user_id,
        started_at=evaluation.started_at,
        finished_at=evaluation.finished_at,
        case_count=len(evaluation.case_ids),
        passed_cases=evaluation.passed_cases,
    )


def _versions(evaluation: Evaluation) -> Mapping[str, int]:
    return {card.prompt_id: card.version for card in evaluation.subject}


def evaluation_answer(evaluation: Evaluation, results: Sequence[CaseResult], currency: str) -> EvaluationAnswer:
    by_id = {result.case_id: result for result in results}
    return EvaluationAnswer(
        evaluation_id=evaluation.evaluation_id,
        status=evaluation.status,
        versions=_versions(evaluation),
        prompt_cards_used=tuple(str(card) for card in evaluation.cards),
        started_by=evaluation.user_id,
        started_at=evaluation.started_at,
        finished_at=evaluation.finished_at,
        cases=tuple(_result_item(case_id, by_id.get(case_id), currency) for case_id in evaluation.case_ids),
    )


def _result_item(case_id: str, result: CaseResult | None, currency: str) -> CaseResultItem:
    if result is None:
        return CaseResultItem(
            case_id=case_id,
            case_version=None,
            name=None,
            status="waiting",
            failures=(),
            answer=None,
            usage=None,
            cost=None,
        )
    is_over = result.status != "running"
    return CaseResultItem(
        case_id=case_id,
        case_version=result.case_version or None,
        name=result.name or None,
        status=result.status,
        failures=tuple(FailureItem(failure.check, failure.why) for failure in result.failures),
        answer=result.answer if is_over else None,
        usage=result.usage,
        cost=Cost(result.cost_micros, currency) if is_over else None,
    )
