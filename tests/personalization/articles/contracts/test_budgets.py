"""What whoever keeps budgets must do, in memory and in DynamoDB: no order of events may break a limit."""

import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from personalization.articles.adapters.budgets import DynamoBudgets
from personalization.articles.domain.budget import (
    PROJECT_BUDGET,
    USER_BUDGET,
    Allowance,
    Budgets,
    Reservation,
    Spending,
)
from shared.dynamodb.transactions import Transaction
from shared.errors import Unavailable
from shared.persistence.unit_of_work import Write, WriteRefused
from tests.personalization.articles.examples import NOW
from tests.personalization.articles.fakes import FakeBudgets
from tests.shared.interleaving import Pause, interleaved
from tests.shared.persistence.fake_transactions import committed

TODAY = NOW.date()
PLENTY = Allowance(10**9, 10**9)
type Commit = Callable[..., None]


def in_dynamodb(*writes: Write) -> None:
    """Try again as long as others are writing the same rows: that is the transaction's caller's to decide."""
    while True:
        transaction = Transaction()
        for write in writes:
            write(transaction)
        try:
            return transaction.commit()
        except Unavailable:
            continue


def of(project_id: str, user_id: str = "ada", tokens: int = 100) -> Reservation:
    return Reservation(project_id, user_id, TODAY, tokens)


@contextmanager
def refused() -> Iterator[set[str]]:
    """The names of what was refused within."""
    names: set[str] = set()
    try:
        yield names
    except WriteRefused as cancelled:
        names.update(cancelled.refused)


class BudgetsContract:
    @pytest.fixture
    def project(self) -> str:
        return str(uuid.uuid4())

    def test_what_is_reserved_is_settled_with_what_was_used(
        self, budgets: Budgets, commit: Commit, project: str
    ) -> None:
        assert budgets.of_project(project, TODAY) == Spending(0, 0)
        commit(budgets.reserve(of(project), PLENTY))
        assert budgets.of_project(project, TODAY) == Spending(spent=0, reserved=100)
        commit(budgets.settle(of(project), 30))
        assert budgets.of_project(project, TODAY) == Spending(spent=30, reserved=0)
        assert budgets.of_user(project, "ada", TODAY) == Spending(spent=30, reserved=0)
        assert budgets.of_user(project, "bob", TODAY) == Spending(0, 0)
        assert budgets.of_project(project, TODAY + timedelta(days=1)) == Spending(0, 0)

    @pytest.mark.parametrize(
        ("allowance", "name"), [(Allowance(199, 10**6), PROJECT_BUDGET), (Allowance(10**6, 199), USER_BUDGET)]
    )
    def test_what_does_not_fit_is_refused_by_name_and_reserves_nothing(
        self, budgets: Budgets, commit: Commit, project: str, allowance: Allowance, name: str
    ) -> None:
        commit(budgets.reserve(of(project), allowance))
        with refused() as names:
            commit(budgets.reserve(of(project), allowance))
        assert names == {name}
        assert budgets.of_project(project, TODAY) == Spending(0, 100)
        assert budgets.of_user(project, "ada", TODAY) == Spending(0, 100)

    def test_more_than_the_limit_does_not_fit_into_an_empty_budget(
        self, budgets: Budgets, commit: Commit, project: str
    ) -> None:
        with refused() as names:
            commit(budgets.reserve(of(project), Allowance(99, 99)))
        assert PROJECT_BUDGET in names

    def test_users_share_the_project_s_budget_and_not_each_other_s(
        self, budgets: Budgets, commit: Commit, project: str
    ) -> None:
        allowance = Allowance(250, 100)
        commit(budgets.reserve(of(project, "ada"), allowance))
        commit(budgets.reserve(of(project, "bob"), allowance))
        with refused() as names:
            commit(budgets.reserve(of(project, "cleo"), allowance))
        assert names == {PROJECT_BUDGET}
        commit(budgets.reserve(of(str(uuid.uuid4()), "cleo"), allowance))

    def test_two_at_once_cannot_both_have_the_last_tokens(self, budgets: Budgets, commit: Commit, project: str) -> None:
        def reserve(number: int) -> bool:
            with refused() as names:
                commit(budgets.reserve(of(project, f"user-{number}"), Allowance(300, 100)))
            return not names

        with ThreadPoolExecutor(8) as users:
            assert list(users.map(reserve, range(8))).count(True) == 3
        assert budgets.of_project(project, TODAY) == Spending(0, 300)


class TestBudgetsInMemory(BudgetsContract):
    @pytest.fixture
    def budgets(self) -> Budgets:
        return FakeBudgets()

    @pytest.fixture
    def commit(self) -> Commit:
        return committed


@pytest.mark.emulator
@pytest.mark.xdist_group("emulator")
class TestBudgetsInDynamoDb(BudgetsContract):
    @pytest.fixture
    def budgets(self, tables: dict[str, str]) -> Budgets:
        return DynamoBudgets(tables["BudgetsTable"])

    @pytest.fixture
    def commit(self) -> Commit:
        return in_dynamodb


works = st.lists(
    st.tuples(st.sampled_from(["ada", "bob"]), st.integers(1, 60), st.integers(0, 80)), min_size=1, max_size=5
)


def hold_the_limits(
    budgets: Budgets, commit: Commit, requests: Sequence[tuple[str, int, int]], order: Sequence[int]
) -> None:
    """Run pieces of work at once, each with a reservation and an end, and look at the budgets after every step."""
    project, allowance = str(uuid.uuid4()), Allowance(project=100, user=70)

    def look() -> None:
        spendings = [budgets.of_user(project, user, TODAY) for user in ("ada", "bob")]
        whole = budgets.of_project(project, TODAY)
        assert all(0 <= each.spent + each.reserved <= 70 for each in spendings)
        assert whole.spent == sum(each.spent for each in spendings)
        assert 0 <= whole.spent + whole.reserved <= 100

    def work(user: str, tokens: int, used: int) -> Callable[[Pause], int]:
        def do(pause: Pause) -> int:
            reservation = Reservation(project, user, TODAY, tokens)
            with refused() as names:
                commit(budgets.reserve(reservation, allowance))
            look()
            pause()
            if names:
                return 0
            commit(budgets.settle(reservation, used))
            look()
            return min(used, tokens)

        return do

    spent = sum(interleaved([work(*each) for each in requests], order))
    assert budgets.of_project(project, TODAY) == Spending(spent, reserved=0)


@given(works, st.lists(st.integers(0, 5), max_size=12))
@settings(deadline=None)
def test_no_order_of_reservations_and_ends_breaks_a_limit_in_memory(
    requests: list[tuple[str, int, int]], order: list[int]
) -> None:
    hold_the_limits(FakeBudgets(), committed, requests, order)


@pytest.mark.emulator
@pytest.mark.xdist_group("emulator")
def test_no_order_of_reservations_and_ends_breaks_a_limit_in_dynamodb(tables: dict[str, str]) -> None:
    budgets = DynamoBudgets(tables["BudgetsTable"])

    @given(works, st.lists(st.integers(0, 5), max_size=12))
    @settings(deadline=None, max_examples=25)
    def hold(requests: list[tuple[str, int, int]], order: list[int]) -> None:
        hold_the_limits(budgets, in_dynamodb, requests, order)

    hold()


@pytest.mark.emulator
@pytest.mark.xdist_group("emulator")
def test_work_that_really_runs_at_once_leaves_nothing_reserved(tables: dict[str, str]) -> None:
    budgets, project, allowance = DynamoBudgets(tables["BudgetsTable"]), str(uuid.uuid4()), Allowance(1000, 400)

    def work(number: int) -> int:
        reservation = Reservation(project, f"user-{number % 4}", TODAY, 90)
        with refused() as names:
            in_dynamodb(budgets.reserve(reservation, allowance))
        if names:
            return 0
        whole = budgets.of_project(project, TODAY)
        assert whole.spent + whole.reserved <= 1000
        in_dynamodb(budgets.settle(reservation, number))
        return number

    with ThreadPoolExecutor(10) as pool:
        spent = sum(pool.map(work, range(40)))
    assert budgets.of_project(project, TODAY) == Spending(spent, reserved=0)
    assert sum(budgets.of_user(project, f"user-{n}", TODAY).spent for n in range(4)) == spent
