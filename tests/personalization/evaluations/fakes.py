"""What evaluations need, in memory, with the promises of the real parts."""

import re
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from personalization.articles.domain.budget import Allowance, BudgetExceededError
from personalization.evaluations.domain.cases import Case, CasePage, CaseSummary
from personalization.evaluations.domain.evaluation import (
    CaseResult,
    Evaluation,
    EvaluationPage,
    Listing,
    Verdict,
)
from shared.errors import Conflict, NotFound, Unavailable, VersionConflict
from shared.idempotency.claims import FirstAnswer
from shared.persistence.unit_of_work import WriteRefused
from shared.time.moments import FIRST, LAST
from tests.personalization.articles.fakes import FakeBudgets
from tests.shared.first_answers import FakeFirstAnswers
from tests.shared.persistence.fake_transactions import committed, step


class FakePatterns:
    """Python's own, for patterns that tests know to be harmless."""

    def error(self, pattern: str) -> str | None:
        try:
            re.compile(pattern)
        except re.PatternError as error:
            return str(error)
        return None

    def matches(self, pattern: str, text: str) -> bool:
        return re.search(pattern, text) is not None


class FakeCases:
    def __init__(self, first_answers: FakeFirstAnswers) -> None:
        self.by_id: dict[tuple[str, str], Case] = {}
        self._first_answers = first_answers

    def add(self, case: Case, max_cases: int, first_answer: FirstAnswer | None) -> None:
        self._first_answers.require_free(first_answer)
        if len(self.summaries(case.project_id)) >= max_cases:
            raise Conflict(f"A project may have {max_cases} cases.")
        self.by_id[case.project_id, case.case_id] = case
        if first_answer:
            self._first_answers.record(first_answer)

    def replace(self, case: Case) -> None:
        before = self.find(case.project_id, case.case_id)
        if before is None or before.version != case.version - 1:
            raise VersionConflict
        self.by_id[case.project_id, case.case_id] = case

    def remove(self, project_id: str, case_id: str) -> None:
        if self.by_id.pop((project_id, case_id), None) is None:
            raise NotFound("There is no such case.")

    def find(self, project_id: str, case_id: str) -> Case | None:
        return self.by_id.get((project_id, case_id))

    def summaries(self, project_id: str) -> tuple[CaseSummary, ...]:
        own = self.page(project_id, None, len(self.by_id)).items
        return tuple(CaseSummary(case.case_id, case.content.name, case.version) for case in own)

    def page(self, project_id: str, after: str | None, limit: int) -> CasePage:
        own = sorted(id_ for owner, id_ in self.by_id if owner == project_id and (after is None or id_ > after))
        page = tuple(self.by_id[project_id, id_] for id_ in own[:limit])
        return CasePage(page, own[limit - 1] if len(own) > limit else None)


class FakeEvaluations:
    def __init__(self, budgets: FakeBudgets, first_answers: FakeFirstAnswers) -> None:
        self._budgets, self._first_answers = budgets, first_answers
        self.by_id: dict[tuple[str, str], Evaluation] = {}
        self.kept: dict[str, dict[str, CaseResult]] = defaultdict(dict)
        self.verdicts: dict[tuple[str, str, int], Verdict] = {}

    def begin(self, evaluation: Evaluation, first_answer: FirstAnswer | None) -> None:
        self._first_answers.require_free(first_answer)
        self.by_id[evaluation.project_id, evaluation.evaluation_id] = evaluation
        if first_answer:
            self._first_answers.record(first_answer)

    def find(self, project_id: str, evaluation_id: str) -> Evaluation | None:
        return self.by_id.get((project_id, evaluation_id))

    def page(self, project_id: str, listing: Listing, after: str | None, limit: int, now: datetime) -> EvaluationPage:
        since, until = listing.period.since or FIRST, listing.period.until or LAST
        listed = [
            each
            for (owner, id_), each in sorted(self.by_id.items(), reverse=True)
            if owner == project_id
            and listing.status in {None, each.status}
            and since <= each.started_at < until
            and now < each.started_at + timedelta(days=90)
            and (after is None or id_ < after)
        ]
        page = tuple(listed[:limit])
        return EvaluationPage(page, page[-1].evaluation_id if len(listed) > limit else None)

    def results(self, project_id: str, evaluation_id: str) -> tuple[CaseResult, ...]:  # noqa: ARG002  ids are unique
        return tuple(self.kept[evaluation_id][case_id] for case_id in sorted(self.kept[evaluation_id]))

    def result(self, project_id: str, evaluation_id: str, case_id: str) -> CaseResult | None:  # noqa: ARG002
        return self.kept[evaluation_id].get(case_id)

    def take(self, evaluation: Evaluation, result: CaseResult, allowance: Allowance) -> None:
        assert result.reservation
        taken = self.kept[evaluation.evaluation_id]
        if result.case_id in taken:
            return
        noted = step("case", lambda: True, lambda: taken.update({result.case_id: result}))
        try:
            committed(self._budgets.reserve(result.reservation, allowance), noted)
        except WriteRefused as cancelled:
            raise BudgetExceededError(next(iter(cancelled.refused))) from cancelled

    def keep(self, evaluation: Evaluation, result: CaseResult) -> None:
        taken = self.kept[evaluation.evaluation_id]
        before = taken.get(result.case_id)
        if before and before.status != "running":
            return
        if before and before.reservation:
            committed(self._budgets.settle(before.reservation, result.tokens))
        taken[result.case_id] = result

    def finish(self, evaluation: Evaluation, verdicts: Sequence[Verdict]) -> None:
        for verdict in verdicts:
            key = evaluation.project_id, verdict.prompt_id, verdict.version
            stored = self.verdicts.get(key)
            if stored is None or stored.evaluation_id <= verdict.evaluation_id:
                self.verdicts[key] = verdict
        self.by_id[evaluation.project_id, evaluation.evaluation_id] = evaluation

    def verdict(self, project_id: str, prompt_id: str, version: int) -> Verdict | None:
        return self.verdicts.get((project_id, prompt_id, version))


class FakeRunner:
    def __init__(self) -> None:
        self.started: list[str] = []
        self.broken = False

    def start(self, evaluation: Evaluation) -> None:
        if self.broken:
            raise Unavailable("Nothing can be started.")
        self.started.append(evaluation.evaluation_id)
