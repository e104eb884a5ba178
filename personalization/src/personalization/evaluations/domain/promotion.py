"""Whether a version of a prompt may become `production`."""

from collections.abc import Sequence

from personalization.evaluations.domain.cases import Cases, CaseSummary
from personalization.evaluations.domain.evaluation import Evaluations, FailingCase, Verdict

_NOT_EVALUATED = "has not been run with this version"
_CHANGED = "has changed since it was run with this version"


class Promotion:
    def __init__(self, cases: Cases, evaluations: Evaluations) -> None:
        self._cases, self._evaluations = cases, evaluations

    def failing_cases(self, project_id: str, prompt_id: str, version: int) -> tuple[FailingCase, ...]:
        """The cases that the version's newest finished evaluation has not passed in their current versions.

        Empty for a project without cases. Two reads, the verdict first: a case that is added in between is failing.
        """
        verdict = self._evaluations.verdict(project_id, prompt_id, version)
        return failing_cases(self._cases.summaries(project_id), verdict)


def failing_cases(cases: Sequence[CaseSummary], verdict: Verdict | None) -> tuple[FailingCase, ...]:
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
