"""What clients send of cases and evaluations."""

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from personalization.articles.requests import Values
from personalization.evaluations.domain.cases import CaseChange, CaseContent
from personalization.evaluations.domain.checks import (
    MAX_CHECKS,
    Check,
    Contains,
    FitsSchema,
    Lacks,
    Matches,
    MaxCost,
    MaxLength,
)
from personalization.evaluations.domain.evaluation import EvaluationStatus, Listing
from personalization.prompts.domain.prompts import LATEST
from shared.http.fields import NOT_NULL, Body, Line, Version, written
from shared.http.parameters import optional_choice
from shared.http.periods import FROM, TO, read_period
from shared.http.request import Request

_MAX_CASE_BYTES = 1024 * 1024
_MAX_CASE_CHARACTERS = 20_000

type _CheckText = Annotated[str, Field(min_length=1, max_length=1000)]


class ContainsCheck(Body):
    kind: Literal["contains"]
    text: _CheckText

    def to_check(self) -> Check:
        return Contains(self.text)


class LacksCheck(Body):
    kind: Literal["lacks"]
    text: _CheckText

    def to_check(self) -> Check:
        return Lacks(self.text)


class MatchesCheck(Body):
    kind: Literal["matches"]
    pattern: _CheckText

    def to_check(self) -> Check:
        return Matches(self.pattern)


class FitsSchemaCheck(Body):
    kind: Literal["json-schema"]
    json_schema: Annotated[dict[str, Any], Field(alias="schema")]

    def to_check(self) -> Check:
        return FitsSchema(self.json_schema)


class MaxLengthCheck(Body):
    kind: Literal["max-length"]
    characters: Annotated[int, Field(ge=0, le=1_000_000)]

    def to_check(self) -> Check:
        return MaxLength(self.characters)


class MaxCostCheck(Body):
    """In millionths of the currency's unit."""

    kind: Literal["max-cost"]
    micros: Annotated[int, Field(ge=0, le=1_000_000_000)]

    def to_check(self) -> Check:
        return MaxCost(self.micros)


type _Check = Annotated[
    ContainsCheck | LacksCheck | MatchesCheck | FitsSchemaCheck | MaxLengthCheck | MaxCostCheck,
    Field(discriminator="kind"),
]


type _CaseName = Annotated[str, Line(200)]
type _CaseArticle = Annotated[str, Field(min_length=1, max_length=_MAX_CASE_CHARACTERS), AfterValidator(written)]
type _Checks = Annotated[list[_Check], Field(min_length=1, max_length=MAX_CHECKS)]


class AddCase(Body):
    MAX_BODY_BYTES = _MAX_CASE_BYTES

    name: _CaseName
    article: _CaseArticle
    variables: Annotated[Values, Field(default_factory=dict)]
    checks: _Checks

    def to_content(self) -> CaseContent:
        return CaseContent(self.name, self.article, self.variables, _checks(self.checks))


class ChangeCase(Body):
    """`version` is the one that was read; what is left out stays as it is."""

    MAX_BODY_BYTES = _MAX_CASE_BYTES

    version: Version
    name: Annotated[_CaseName | None, NOT_NULL] = None
    article: Annotated[_CaseArticle | None, NOT_NULL] = None
    variables: Annotated[Values | None, NOT_NULL] = None
    checks: Annotated[_Checks | None, NOT_NULL] = None

    def to_change(self) -> CaseChange:
        return CaseChange(self.name, self.article, self.variables, _checks(self.checks) if self.checks else None)


def _checks(bodies: Iterable[_Check]) -> tuple[Check, ...]:
    return tuple(body.to_check() for body in bodies)


_STATUS = optional_choice("status", EvaluationStatus)
LISTING = (_STATUS, FROM, TO)


def read_listing(request: Request) -> Listing:
    """Raises Invalid."""
    return Listing(request.value(_STATUS), read_period(request))


class StartEvaluation(Body):
    """The latest version of `promptId`, or given `versions` of some prompts, with all others at production.

    Of neither, the latest versions of all.
    """

    prompt_id: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    versions: Annotated[dict[str, Version], Field(max_length=100, default_factory=dict)]

    @field_validator("versions")
    @classmethod
    def _says_once_which(cls, versions: dict[str, int], info: ValidationInfo) -> dict[str, int]:
        if info.data.get("prompt_id") in versions:
            raise ValueError("must not have the prompt of promptId, which stands for its latest version")
        return versions

    def to_versions(self) -> dict[str, int | str]:
        named: dict[str, int | str] = {self.prompt_id: LATEST} if self.prompt_id else {}
        return named | self.versions
