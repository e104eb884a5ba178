"""Cases: test articles of a project, with checks on the answers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from personalization.evaluations.domain.checks import Check, FitsSchema, Matches, Patterns
from personalization.evaluations.domain.schemas import schema_errors
from personalization.prompts.domain.editing import ProjectAccess
from personalization.prompts.domain.members import Role
from shared.auth.callers import Caller
from shared.errors import MAX_ERRORS, FieldError, Invalid, NotFound, VersionConflict, see_errors
from shared.idempotency.claims import Claim, FirstAnswer

MAX_CASES = 50
PAGE_SIZE, MAX_PAGE_SIZE = 20, 50


@dataclass(frozen=True, slots=True)
class CaseContent:
    name: str
    article: str
    variables: Mapping[str, str]
    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True)
class CaseChange:
    """New values; None leaves a value as it is."""

    name: str | None = None
    article: str | None = None
    variables: Mapping[str, str] | None = None
    checks: tuple[Check, ...] | None = None

    def applied_to(self, content: CaseContent) -> CaseContent:
        return CaseContent(
            name=content.name if self.name is None else self.name,
            article=content.article if self.article is None else self.article,
            variables=content.variables if self.variables is None else self.variables,
            checks=content.checks if self.checks is None else self.checks,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """`version` counts the changes, from 1."""

    project_id: str
    case_id: str
    version: int
    content: CaseContent
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class CaseSummary:
    """A case without its content."""

    case_id: str
    name: str
    version: int


@dataclass(frozen=True, slots=True)
class CasePage:
    items: tuple[Case, ...]
    next_position: str | None


class Cases(Protocol):
    def add(self, case: Case, max_cases: int, first_answer: FirstAnswer | None) -> None:
        """Raises Conflict if the project has `max_cases` already; KeyInUse."""
        ...

    def replace(self, case: Case) -> None:
        """Replace the previous version. Raises VersionConflict, also if the case is gone."""
        ...

    def remove(self, project_id: str, case_id: str) -> None:
        """Raises NotFound."""
        ...

    def find(self, project_id: str, case_id: str) -> Case | None: ...

    def summaries(self, project_id: str) -> tuple[CaseSummary, ...]:
        """Of all cases, oldest first."""
        ...

    def page(self, project_id: str, after: str | None, limit: int) -> CasePage:
        """Oldest first."""
        ...


class CaseService:
    """Editors write cases, members read them."""

    def __init__(
        self, cases: Cases, project_access: ProjectAccess, patterns: Patterns, new_id: Callable[[datetime], str]
    ) -> None:
        self._cases, self._project_access, self._patterns, self._new_id = cases, project_access, patterns, new_id

    def add[A](
        self,
        caller: Caller,
        project_id: str,
        content: CaseContent,
        *,
        now: datetime,
        claim: Claim | None,
        answer: Callable[[Case], A],
    ) -> A:
        """What `answer` makes of the new case. Raises NotFound, Forbidden, Invalid, KeyInUse; Conflict beyond 50."""
        self._project_access.authorize(caller, project_id, Role.EDITOR)
        require_usable(content.checks, self._patterns)
        case = Case(
            project_id=project_id, case_id=self._new_id(now), version=1, content=content, created_at=now, updated_at=now
        )
        shape = answer(case)
        self._cases.add(case, MAX_CASES, claim.answered(shape, now) if claim else None)
        return shape

    def change(
        self, caller: Caller, project_id: str, case_id: str, *, seen_version: int, change: CaseChange, now: datetime
    ) -> Case:
        """Raises NotFound, Forbidden; Invalid, VersionConflict."""
        self._project_access.authorize(caller, project_id, Role.EDITOR)
        require_usable(change.checks or (), self._patterns)
        before = self._find(project_id, case_id)
        if before.version != seen_version:
            raise VersionConflict("case", seen_version)
        case = Case(
            project_id=project_id,
            case_id=case_id,
            version=seen_version + 1,
            content=change.applied_to(before.content),
            created_at=before.created_at,
            updated_at=now,
        )
        try:
            self._cases.replace(case)
        except VersionConflict as error:
            raise VersionConflict("case", seen_version) from error
        return case

    def remove(self, caller: Caller, project_id: str, case_id: str) -> None:
        """Raises NotFound, Forbidden."""
        self._project_access.authorize(caller, project_id, Role.EDITOR)
        self._cases.remove(project_id, case_id)

    def read(self, caller: Caller, project_id: str, case_id: str) -> Case:
        """Raises NotFound."""
        self._project_access.authorize(caller, project_id, Role.VIEWER)
        return self._find(project_id, case_id)

    def page(self, caller: Caller, project_id: str, after: str | None, limit: int) -> CasePage:
        """Raises NotFound."""
        self._project_access.authorize(caller, project_id, Role.VIEWER)
        return self._cases.page(project_id, after, limit)

    def _find(self, project_id: str, case_id: str) -> Case:
        case = self._cases.find(project_id, case_id)
        if case is None:
            raise NotFound("There is no such case.")
        return case


def require_usable(checks: Sequence[Check], patterns: Patterns) -> None:
    """Raises Invalid for patterns that are not valid, and schemas that use unsupported keywords."""
    errors: list[FieldError] = []
    for number, check in enumerate(checks):
        if isinstance(check, Matches) and (why := patterns.error(check.pattern)) is not None:
            errors.append(FieldError(f"checks[{number}].pattern", why))
        if isinstance(check, FitsSchema):
            errors += [
                FieldError(f"checks[{number}].schema", why) for why in schema_errors(check.schema, patterns.error)
            ]
    if errors:
        listed = errors[:MAX_ERRORS]
        raise Invalid(see_errors("The checks cannot be used", listed, len(errors)), listed)
