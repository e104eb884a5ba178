"""The rows of a project in the table of evaluations: cases, evaluations, results, verdicts."""

import json
from collections.abc import Sequence
from dataclasses import fields
from datetime import timedelta
from typing import Any, Self

from pynamodb.attributes import UnicodeAttribute
from pynamodb.constants import LIST
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from personalization.articles.domain.budget import Reservation
from personalization.evaluations.domain.cases import Case, CaseContent, CaseSummary
from personalization.evaluations.domain.checks import (
    Check,
    Contains,
    Failure,
    FitsSchema,
    Lacks,
    Matches,
    MaxCost,
    MaxLength,
)
from personalization.evaluations.domain.evaluation import CaseResult, Evaluation, FailingCase, Verdict
from personalization.prompts.domain.cards import CardUsed
from shared.dynamodb.attributes import (
    DocumentAttribute,
    DocumentsAttribute,
    IntegerAttribute,
    MomentAttribute,
    SecondsAttribute,
    TextsAttribute,
    WholeAttribute,
)
from shared.dynamodb.documents import from_dynamodb, in_dynamodb
from shared.dynamodb.records import Record
from shared.json.encoding import encode
from shared.models.model import Usage

CASES = "cases"
"""The row that counts the cases."""

CASE, EVALUATION, RESULT, VERDICT = "case#", "evaluation#", "result#", "verdict#"

_KEPT = timedelta(days=90)
_MAX_WHY_CHARACTERS = 1000
_KINDS: dict[str, type[Any]] = {
    "contains": Contains,
    "lacks": Lacks,
    "matches": Matches,
    "json-schema": FitsSchema,
    "max-length": MaxLength,
    "max-cost": MaxCost,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}


class ChecksAttribute(WholeAttribute[tuple[Check, ...]]):
    """A schema as text: a table keeps no fractions exactly, and no order."""

    attr_type = LIST

    def serialize(self, value: Sequence[Check]) -> Any:
        return in_dynamodb([_check_document(check) for check in value])[LIST]

    def deserialize(self, value: Any) -> tuple[Check, ...]:
        return tuple(map(_check, from_dynamodb({LIST: value})))


def _check_document(check: Check) -> dict[str, Any]:
    ((_, value),) = ((field.name, getattr(check, field.name)) for field in fields(check))
    return {"kind": _NAMES[type(check)], "value": encode(value) if isinstance(check, FitsSchema) else value}


def _check(document: dict[str, Any]) -> Check:
    kind, value = _KINDS[document["kind"]], document["value"]
    check: Check = kind(json.loads(value) if kind is FitsSchema else value)
    return check


class ProjectRow(Record):
    """`item` begins with what the row is."""

    project_id = UnicodeAttribute(hash_key=True, attr_name="projectId")
    item = UnicodeAttribute(range_key=True)


class CaseCountRecord(ProjectRow):
    cases = IntegerAttribute(attr_name="count")


class CaseRecord(ProjectRow):
    version = IntegerAttribute()
    name = UnicodeAttribute()
    article = UnicodeAttribute()
    variables = DocumentAttribute()
    checks = ChecksAttribute()
    created_at = MomentAttribute(attr_name="createdAt")
    updated_at = MomentAttribute(attr_name="updatedAt")

    @classmethod
    def of(cls, case: Case) -> Self:
        return cls(
            case.project_id,
            CASE + case.case_id,
            version=case.version,
            name=case.content.name,
            article=case.content.article,
            variables=dict(case.content.variables),
            checks=case.content.checks,
            created_at=case.created_at,
            updated_at=case.updated_at,
        )

    def to_case(self) -> Case:
        return Case(
            project_id=self.project_id,
            case_id=self.item.removeprefix(CASE),
            version=self.version,
            content=CaseContent(self.name, self.article, self.variables, self.checks),
            created_at=self.created_at,
            updated_at=self.updated_at,
        )

    def to_head(self) -> CaseSummary:
        return CaseSummary(self.item.removeprefix(CASE), self.name, self.version)


class EvaluationsByStatus(GlobalSecondaryIndex["EvaluationRecord"]):
    class Meta:
        index_name = "ByStatus"
        projection = AllProjection()

    status_of = UnicodeAttribute(hash_key=True, attr_name="statusOf")
    item = UnicodeAttribute(range_key=True)


class EvaluationRecord(ProjectRow):
    """`status_of` is the key of the index, which no other row of a project has."""

    by_status = EvaluationsByStatus()

    user_id = UnicodeAttribute(attr_name="userId")
    subject = TextsAttribute()
    cards = TextsAttribute()
    case_ids = TextsAttribute(attr_name="caseIds")
    started_at = MomentAttribute(attr_name="startedAt")
    status = UnicodeAttribute()
    status_of = UnicodeAttribute(null=True, attr_name="statusOf")  # null: from before there was the index
    finished_at = MomentAttribute(null=True, attr_name="finishedAt")
    passed_cases = IntegerAttribute(null=True, attr_name="passedCases")
    expires_at = SecondsAttribute(attr_name="expiresAt")  # the table's time to live

    @classmethod
    def of(cls, evaluation: Evaluation) -> Self:
        return cls(
            evaluation.project_id,
            EVALUATION + evaluation.evaluation_id,
            user_id=evaluation.user_id,
            subject=tuple(map(str, evaluation.subject)),
            cards=tuple(map(str, evaluation.cards)),
            case_ids=evaluation.case_ids,
            started_at=evaluation.started_at,
            status=evaluation.status,
            status_of=status_key(evaluation.project_id, evaluation.status),
            expires_at=evaluation.started_at + _KEPT,
        )

    def to_evaluation(self) -> Evaluation:
        return Evaluation(
            project_id=self.project_id,
            evaluation_id=self.item.removeprefix(EVALUATION),
            user_id=self.user_id,
            subject=tuple(map(CardUsed.parse, self.subject)),
            cards=tuple(map(CardUsed.parse, self.cards)),
            case_ids=self.case_ids,
            started_at=self.started_at,
            status=self.status,  # type: ignore[arg-type]  # nothing else is written
            finished_at=self.finished_at,
            passed_cases=self.passed_cases,
        )


def status_key(project_id: str, status: str) -> str:
    return f"{project_id}#{status}"


class ResultRecord(ProjectRow):
    case_version = IntegerAttribute(attr_name="caseVersion")
    name = UnicodeAttribute()
    status = UnicodeAttribute()
    reservation = DocumentAttribute(null=True)
    failures = DocumentsAttribute()
    answer = UnicodeAttribute()
    input_tokens = IntegerAttribute(null=True, attr_name="inputTokens")
    output_tokens = IntegerAttribute(null=True, attr_name="outputTokens")
    cost_micros = IntegerAttribute(attr_name="costMicros")
    finished_at = MomentAttribute(null=True, attr_name="finishedAt")
    expires_at = SecondsAttribute(attr_name="expiresAt")  # the table's time to live

    @classmethod
    def of(cls, evaluation: Evaluation, result: CaseResult) -> Self:
        usage = result.usage
        return cls(
            evaluation.project_id,
            result_item(evaluation.evaluation_id, result.case_id),
            case_version=result.case_version,
            name=result.name,
            status=result.status,
            reservation=result.reservation.to_json() if result.reservation else None,
            failures=[{"check": failure.check, "why": failure.why} for failure in result.failures],
            answer=result.answer,
            input_tokens=usage.input_tokens if usage else None,
            output_tokens=usage.output_tokens if usage else None,
            cost_micros=result.cost_micros,
            finished_at=result.finished_at,
            expires_at=evaluation.started_at + _KEPT,
        )

    def to_result(self) -> CaseResult:
        return CaseResult(
            case_id=self.item.rpartition("#")[2],
            case_version=self.case_version,
            name=self.name,
            status=self.status,  # type: ignore[arg-type]  # nothing else is written
            reservation=Reservation.of_json(self.reservation) if self.reservation else None,
            failures=tuple(Failure(failure["check"], failure["why"]) for failure in self.failures),
            answer=self.answer,
            usage=None if self.input_tokens is None else Usage(self.input_tokens, self.output_tokens),
            cost_micros=self.cost_micros,
            finished_at=self.finished_at,
        )


def result_item(evaluation_id: str, case_id: str) -> str:
    return f"{RESULT}{evaluation_id}#{case_id}"


class VerdictRecord(ProjectRow):
    prompt_id = UnicodeAttribute(attr_name="promptId")
    version = IntegerAttribute()
    evaluation_id = UnicodeAttribute(attr_name="evaluationId")
    cases = DocumentAttribute()
    failing = DocumentsAttribute()

    @classmethod
    def of(cls, project_id: str, verdict: Verdict) -> Self:
        return cls(
            project_id,
            verdict_item(verdict.prompt_id, verdict.version),
            prompt_id=verdict.prompt_id,
            version=verdict.version,
            evaluation_id=verdict.evaluation_id,
            cases=dict(verdict.cases),
            failing=[
                {"caseId": each.case_id, "name": each.name, "why": each.why[:_MAX_WHY_CHARACTERS]}
                for each in verdict.failing
            ],
        )

    def to_verdict(self) -> Verdict:
        return Verdict(
            prompt_id=self.prompt_id,
            version=self.version,
            evaluation_id=self.evaluation_id,
            cases=self.cases,
            failing=tuple(FailingCase(each["caseId"], each["name"], each["why"]) for each in self.failing),
        )


def verdict_item(prompt_id: str, version: int) -> str:
    return f"{VERDICT}{prompt_id}@{version}"
