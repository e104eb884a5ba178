"""What whoever keeps cases and evaluations must do, in memory and in DynamoDB."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal

import pytest

from personalization.articles.adapters.budgets import DynamoBudgets
from personalization.articles.domain.budget import Allowance, BudgetExceededError, Budgets, Reservation, Spending
from personalization.evaluations.adapters.cases import DynamoCases
from personalization.evaluations.adapters.evaluations import DynamoEvaluations
from personalization.evaluations.domain.cases import Case, Cases, CaseSummary
from personalization.evaluations.domain.checks import Contains, Failure, FitsSchema, Lacks, Matches, MaxCost, MaxLength
from personalization.evaluations.domain.evaluation import (
    CaseResult,
    Evaluation,
    Evaluations,
    EvaluationStatus,
    FailingCase,
    Listing,
    Verdict,
)
from personalization.prompts.domain.cards import CardUsed
from shared.errors import Conflict, NotFound, VersionConflict
from shared.idempotency.claims import Claim, FirstAnswers, KeyInUse
from shared.idempotency.first_answers import DynamoFirstAnswers
from shared.ids import new_id
from shared.models.model import Usage
from shared.time.periods import Period
from tests.personalization.articles.examples import NOW
from tests.personalization.articles.fakes import FakeBudgets
from tests.personalization.evaluations.examples import a_case
from tests.personalization.evaluations.fakes import FakeCases, FakeEvaluations
from tests.shared.first_answers import FakeFirstAnswers

PLENTY = Allowance(10**9, 10**9)
CARDS = (CardUsed("card-1", 2), CardUsed("card-2", 7))


@dataclass
class Store:
    """Cases, evaluations and budgets over the same data, and a project of their own."""

    cases: Cases
    evaluations: Evaluations
    budgets: Budgets
    first_answers: FirstAnswers
    project: str

    def a_case(self, case_id: str, version: int = 1) -> Case:
        return replace(a_case(case_id), project_id=self.project, version=version)

    def an_evaluation(self) -> Evaluation:
        ids = ("a", "b")
        return Evaluation(
            project_id=self.project,
            evaluation_id=str(uuid.uuid4()),
            user_id="ada",
            subject=CARDS[:1],
            cards=CARDS,
            case_ids=ids,
            started_at=NOW,
        )

    def reservation(self, tokens: int = 100) -> Reservation:
        return Reservation(self.project, "ada", NOW.date(), tokens)

    @property
    def spending(self) -> Spending:
        return self.budgets.of_project(self.project, NOW.date())


class EvaluationsContract:
    def test_evaluations_are_listed_by_status_and_period(self, store: Store) -> None:
        begun = [
            replace(store.an_evaluation(), evaluation_id=new_id(at), started_at=at)
            for at in (NOW + timedelta(hours=n) for n in range(5))
        ]
        old = NOW - timedelta(days=90)
        for evaluation in (*begun, replace(begun[0], evaluation_id=new_id(old), started_at=old)):
            store.evaluations.begin(evaluation, None)
        for evaluation, passed_cases in ((begun[1], 2), (begun[2], 0), (begun[3], 2)):
            status: Literal["passed", "failed"] = "passed" if passed_cases else "failed"
            finished = replace(evaluation, status=status, finished_at=NOW, passed_cases=passed_cases)
            store.evaluations.finish(finished, [])
            assert store.evaluations.find(store.project, evaluation.evaluation_id) == finished

        def listed(
            status: EvaluationStatus | None = None, since: int | None = None, until: int | None = None, limit: int = 10
        ) -> list[int]:
            period = Period(*(None if hours is None else NOW + timedelta(hours=hours) for hours in (since, until)))
            found, after = list[int](), None
            while True:
                page = store.evaluations.page(store.project, Listing(status, period), after, limit, NOW)
                assert len(page.items) <= limit
                found += [(each.started_at - NOW) // timedelta(hours=1) for each in page.items]
                after = page.next_position
                if after is None:
                    return found

        assert [listed(limit=limit) for limit in (1, 2, 4, 5, 9)] == [[4, 3, 2, 1, 0]] * 5
        assert [listed(EvaluationStatus.PASSED, limit=limit) for limit in (1, 2)] == [[3, 1]] * 2
        assert [listed(status) for status in (EvaluationStatus.RUNNING, EvaluationStatus.FAILED)] == [[4, 0], [2]]
        assert listed(since=1, until=3) == [2, 1]
        assert listed(EvaluationStatus.PASSED, since=2) == [3]
        assert listed(until=0) == []
        assert store.evaluations.page("another", Listing(), None, 5, NOW).items == ()

    def test_a_case_is_kept_as_it_is(self, store: Store) -> None:
        checks = (
            Contains("a"),
            Lacks(""),
            Matches(r"\d+"),
            FitsSchema({"type": "object", "properties": {"b": {"maximum": 0.5}, "a": {"enum": [None, 1, "x"]}}}),
            MaxLength(10),
            MaxCost(5),
        )
        case = store.a_case("a")
        case = replace(case, content=replace(case.content, checks=checks, variables={"audience": "doctors"}))
        store.cases.add(case, 50, None)
        assert store.cases.find(store.project, "a") == case
        assert store.cases.find("another", "a") is None
        assert store.cases.find(store.project, "b") is None

    def test_cases_come_in_pages_and_as_a_whole(self, store: Store) -> None:
        cases = [store.a_case(case_id) for case_id in ("a", "b", "c", "d", "e")]
        for case in cases:
            store.cases.add(case, 50, None)
        first = store.cases.page(store.project, None, 2)
        second = store.cases.page(store.project, first.next_position, 2)
        third = store.cases.page(store.project, second.next_position, 2)
        assert [*first.items, *second.items, *third.items] == cases
        assert third.next_position is None
        assert store.cases.page(store.project, None, 5).next_position is None
        assert store.cases.summaries(store.project)[0] == CaseSummary("a", "The a", 1)
        assert len(store.cases.summaries(store.project)) == 5

    def test_a_project_has_no_more_cases_than_it_may(self, store: Store) -> None:
        store.cases.add(store.a_case("a"), 2, None)
        store.cases.add(store.a_case("b"), 2, None)
        with pytest.raises(Conflict):
            store.cases.add(store.a_case("c"), 2, None)
        store.cases.remove(store.project, "a")
        store.cases.add(store.a_case("c"), 2, None)
        assert [head.case_id for head in store.cases.summaries(store.project)] == ["b", "c"]

    def test_a_case_is_replaced_at_its_version_only(self, store: Store) -> None:
        store.cases.add(store.a_case("a"), 50, None)
        store.cases.replace(store.a_case("a", version=2))
        for case in (store.a_case("a", version=2), store.a_case("a", version=4), store.a_case("b", version=2)):
            with pytest.raises(VersionConflict):
                store.cases.replace(case)
        assert store.cases.summaries(store.project) == (CaseSummary("a", "The a", 2),)

    def test_what_is_not_there_cannot_be_removed(self, store: Store) -> None:
        with pytest.raises(NotFound):
            store.cases.remove(store.project, "a")
        store.cases.add(store.a_case("a"), 1, None)

    @pytest.mark.parametrize("what", ["case", "evaluation"])
    def test_a_first_answer_is_written_with_what_it_answers(self, store: Store, what: str) -> None:
        first = Claim(str(uuid.uuid4()), "request").answered({"n": 1}, NOW)

        def write() -> None:
            if what == "case":
                store.cases.add(store.a_case(str(uuid.uuid4())), 50, first)
            else:
                store.evaluations.begin(store.an_evaluation(), first)

        write()
        assert store.first_answers.find(first.record_id, NOW) == first
        with pytest.raises(KeyInUse):
            write()

    def test_an_evaluation_is_kept_as_it_is(self, store: Store) -> None:
        evaluation = store.an_evaluation()
        store.evaluations.begin(evaluation, None)
        assert store.evaluations.find(store.project, evaluation.evaluation_id) == evaluation
        assert store.evaluations.find("another", evaluation.evaluation_id) is None
        assert store.evaluations.results(store.project, evaluation.evaluation_id) == ()

    def test_a_case_is_taken_kept_and_settled_once(self, store: Store) -> None:
        evaluation = store.an_evaluation()
        running = CaseResult(
            case_id="a", case_version=1, name="The a", status="running", reservation=store.reservation()
        )
        for _ in range(3):
            store.evaluations.take(evaluation, running, PLENTY)
        assert store.spending == Spending(0, 100)
        assert store.evaluations.result(store.project, evaluation.evaluation_id, "a") == running
        failed = CaseResult(
            case_id="a",
            case_version=1,
            name="The a",
            status="failed",
            failures=(Failure(0, "contains “spam”"), Failure(None, "broke")),
            answer="Buy spam.",
            usage=Usage(20, 5),
            cost_micros=30,
            finished_at=NOW + timedelta(seconds=1),
        )
        for _ in range(3):
            store.evaluations.keep(evaluation, failed)
        assert store.evaluations.results(store.project, evaluation.evaluation_id) == (failed,)
        store.evaluations.keep(evaluation, CaseResult(case_id="a", case_version=1, name="The a", status="passed"))
        store.evaluations.take(evaluation, running, PLENTY)
        assert store.evaluations.results(store.project, evaluation.evaluation_id) == (failed,)
        assert store.spending == Spending(25, 0)

    def test_a_case_kept_by_several_at_once_is_settled_once(self, store: Store) -> None:
        evaluation = store.an_evaluation()
        store.evaluations.take(
            evaluation,
            CaseResult(case_id="a", case_version=1, name="The a", status="running", reservation=store.reservation()),
            PLENTY,
        )
        passed = CaseResult(case_id="a", case_version=1, name="The a", status="passed", usage=Usage(20, 5))
        with ThreadPoolExecutor(6) as pool:
            list(pool.map(lambda _: store.evaluations.keep(evaluation, passed), range(6)))
        assert store.spending == Spending(25, 0)

    def test_a_case_beyond_the_budget_is_not_taken(self, store: Store) -> None:
        evaluation = store.an_evaluation()
        running = CaseResult(
            case_id="a", case_version=1, name="The a", status="running", reservation=store.reservation()
        )
        with pytest.raises(BudgetExceededError):
            store.evaluations.take(evaluation, running, Allowance(99, 10**9))
        assert store.evaluations.results(store.project, evaluation.evaluation_id) == ()
        never_taken = CaseResult(
            case_id="a", case_version=1, name="The a", status="failed", failures=(Failure(None, "no tokens"),)
        )
        store.evaluations.keep(evaluation, never_taken)
        assert store.evaluations.results(store.project, evaluation.evaluation_id) == (never_taken,)
        assert store.spending == Spending(0, 0)

    def test_the_newest_verdict_counts(self, store: Store) -> None:
        older, newer = sorted((store.an_evaluation(), store.an_evaluation()), key=lambda each: each.evaluation_id)
        failing = (FailingCase("a", "The a", "contains “spam”"),)
        for evaluation in (older, newer):
            store.evaluations.begin(evaluation, None)
        for evaluation, found in ((older, ()), (newer, failing), (older, ())):
            status: Literal["passed", "failed"] = "failed" if found else "passed"
            finished = replace(evaluation, status=status, finished_at=NOW, passed_cases=2 - len(found))
            verdicts = [
                Verdict(card.prompt_id, card.version, evaluation.evaluation_id, {"a": 1}, found) for card in CARDS
            ]
            store.evaluations.finish(finished, verdicts)
            assert store.evaluations.find(store.project, evaluation.evaluation_id) == finished
        for card in CARDS:
            assert store.evaluations.verdict(store.project, card.prompt_id, card.version) == Verdict(
                card.prompt_id, card.version, newer.evaluation_id, {"a": 1}, failing
            )
        assert store.evaluations.verdict(store.project, "card-1", 1) is None


class TestEvaluationsInMemory(EvaluationsContract):
    @pytest.fixture
    def store(self) -> Store:
        budgets, first_answers = FakeBudgets(), FakeFirstAnswers()
        evaluations = FakeEvaluations(budgets, first_answers)
        return Store(FakeCases(first_answers), evaluations, budgets, first_answers, "p1")


@pytest.mark.emulator
@pytest.mark.xdist_group("emulator")
class TestEvaluationsInDynamoDb(EvaluationsContract):
    @pytest.fixture
    def store(self, tables: dict[str, str]) -> Store:
        budgets = DynamoBudgets(tables["BudgetsTable"])
        first_answers = DynamoFirstAnswers(tables["IdempotencyTable"])
        evaluations = DynamoEvaluations(tables["EvaluationsTable"], budgets, first_answers)
        cases = DynamoCases(tables["EvaluationsTable"], first_answers)
        return Store(cases, evaluations, budgets, first_answers, str(uuid.uuid4()))
