"""Whether a version of a prompt may become the one that everybody uses."""

from collections.abc import Sequence

from personalization.evaluations.domain.cases import CaseHead, Cases
from personalization.evaluations.domain.evaluation import Evaluations, FailingCase, Verdict

_NOT_EVALUATED = "has not been run with this version"
_CHANGED = "has changed since it was run with this version"


class Promotion:
    """Says what stands against a version."""

    def __init__(self, cases: Cases, evaluations: Evaluations) -> None:
        self._cases, self._evaluations = cases, evaluations

    def failing_cases(self, project_id: str, prompt_id: str, version: int) -> tuple[FailingCase, ...]:
        """The cases that the newest finished evaluation of the version has not passed as they are now.

        None for a project without cases. Two reads, the verdict first: a case added in between stands against it.
        """
        verdict = self._evaluations.verdict(project_id, prompt_id, version)
        return against(self._cases.heads(project_id), verdict)


def against(cases: Sequence[CaseHead], verdict: Verdict | None) -> tuple[FailingCase, ...]:
    if verdict is None:
        return tuple(FailingCase(case.case_id, case.name, _NOT_EVALUATED) for case in cases)
    failing = {each.case_id: each.why for each in verdict.failing}
    found: list[FailingCase] = []
    for case in cases:
        run_with = verdict.cases.get(case.case_id)
        why = (
            _NOT_EVALUATED
            if run_with is None and case.case_id not in failing
            else failing.get(case.case_id) or (_CHANGED if run_with != case.version else None)
        )
        if why:
            found.append(FailingCase(case.case_id, case.name, why))
    return tuple(found)
