"""Examples of what evaluations are about."""

from personalization.evaluations.domain.cases import Case, CaseContent
from personalization.evaluations.domain.checks import Check, Contains
from tests.personalization.articles.examples import NOW


def a_content(*checks: Check, name: str = "A case", article: str = "An article.") -> CaseContent:
    return CaseContent(name, article, {}, checks or (Contains("reader"),))


def a_case(case_id: str = "case-1", *checks: Check, version: int = 1, project_id: str = "p1") -> Case:
    return Case(
        project_id=project_id,
        case_id=case_id,
        version=version,
        content=a_content(*checks, name=f"The {case_id}"),
        created_at=NOW,
        updated_at=NOW,
    )
