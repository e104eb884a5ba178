"""What whoever keeps figures must do, in memory and in DynamoDB."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from itertools import batched
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from local.workspace import ROOT
from shared.dynamodb.scans import scan
from shared.errors import Unavailable
from shared.figures.dynamo_figures import KEPT, DynamoFigures, MarkerRecord
from shared.figures.tallies import Figures, Occurrence, Period
from tests.shared.dynamodb.dynamodb_calls import calls_through, cost_of
from tests.shared.dynamodb.dynamodb_tables import tables_like
from tests.shared.figures.fake_figures import FakeFigures

LONDON = ZoneInfo("Europe/London")
NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
JULY = Period(date(2026, 7, 1), date(2026, 7, 31))


def sold(number: int, pence: int = 100, at: datetime = NOON) -> Occurrence:
    return Occurrence(f"order {number}", at, {"orders": 1, "sales#GBP": pence})


def counted(figures: Figures, period: Period = JULY) -> dict[str, dict[str, int]]:
    """Without zeros, which nobody sees."""
    found = figures.between(period).items()
    days = {day.isoformat(): {name: n for name, n in counts.items() if n} for day, counts in found}
    return {day: counts for day, counts in days.items() if counts}


class FiguresContract:
    def test_occurrences_count_once(self, figures: Figures) -> None:
        assert figures.count([sold(1), sold(2), sold(1)], NOON) == 2
        assert figures.count([sold(2), sold(3, 250)], NOON) == 1
        assert figures.count([sold(3, 250)], NOON) == 0

        assert counted(figures) == {"2026-07-01": {"orders": 3, "sales#GBP": 450}}

    def test_each_counts_on_its_day_in_the_charitys_zone(self, figures: Figures) -> None:
        late, next_day = datetime(2026, 7, 1, 22, 59, tzinfo=UTC), datetime(2026, 7, 1, 23, 0, tzinfo=UTC)

        figures.count([sold(1, at=late), sold(2, at=next_day)], NOON)

        assert counted(figures).keys() == {"2026-07-01", "2026-07-02"}

    def test_only_the_days_of_the_period_are_read(self, figures: Figures) -> None:
        figures.count([sold(n, at=NOON + timedelta(days=n)) for n in range(10)], NOON)
        assert sorted(counted(figures, Period(date(2026, 7, 3), date(2026, 7, 5)))) == [
            "2026-07-03",
            "2026-07-04",
            "2026-07-05",
        ]

    def test_a_hundred_on_as_many_days_count_at_once(self, figures: Figures) -> None:
        """As where a history is imported."""
        assert figures.count([sold(n, at=NOON - timedelta(days=n)) for n in range(101)], NOON) == 101
        assert len(counted(figures, Period(date(2026, 1, 1), date(2026, 7, 31)))) == 101

    def test_what_is_given_back_is_subtracted(self, figures: Figures) -> None:
        figures.count([sold(1, 500), Occurrence("refund", NOON, {"sales#GBP": -500})], NOON)
        assert counted(figures) == {"2026-07-01": {"orders": 1}}

    def test_occurrence_that_adds_nothing_is_counted_all_the_same(self, figures: Figures) -> None:
        assert figures.count([Occurrence("nothing", NOON, {"sales#GBP": 0})], NOON) == 1
        assert figures.count([Occurrence("nothing", NOON, {"sales#GBP": 0})], NOON) == 0

    def test_what_has_no_identity_is_added(self, figures: Figures) -> None:
        figures.count([sold(1)], NOON)
        for empty in (0, 1, 0):
            figures.add(NOON, {"searches": 1, "searchesWithoutResult": empty})

        assert counted(figures) == {
            "2026-07-01": {"orders": 1, "sales#GBP": 100, "searches": 3, "searchesWithoutResult": 1}
        }

    def test_names_that_are_expressions_elsewhere_are_names(self, figures: Figures) -> None:
        figures.add(NOON, {"a.b[0]#c": 2})
        assert counted(figures) == {"2026-07-01": {"a.b[0]#c": 2}}

    def test_same_batch_twice_at_once_counts_once(self, figures: Figures) -> None:
        batch = [sold(n) for n in range(20)]
        with ThreadPoolExecutor(4) as pool:
            new = list(pool.map(lambda _: figures.count(batch, NOON), range(4)))

        assert sum(new) == 20
        assert counted(figures) == {"2026-07-01": {"orders": 20, "sales#GBP": 2000}}


def deliveries() -> st.SearchStrategy[list[Sequence[Occurrence]]]:
    """Batches of a dozen occurrences on four days, each delivered at least once, in any order."""
    once = [sold(n, 10**n, NOON + timedelta(days=n % 4)) for n in range(12)]
    again = st.lists(st.sampled_from(once), max_size=12)
    order = again.flatmap(lambda more: st.permutations([*once, *more]))
    return st.builds(
        lambda found, size: [list(b) for b in batched(found, size, strict=False)], order, st.integers(1, 8)
    )


ALL = {
    f"2026-07-0{day + 1}": {"orders": 3, "sales#GBP": sum(10**n for n in range(12) if n % 4 == day)} for day in range(4)
}


class TestFakeFigures(FiguresContract):
    @pytest.fixture
    def figures(self) -> Figures:
        return FakeFigures(LONDON)

    @given(batches=deliveries())
    def test_any_order_and_repetition_counts_the_set(self, batches: list[Sequence[Occurrence]]) -> None:
        figures = FakeFigures(LONDON)
        assert sum(figures.count(batch, NOON) for batch in batches) == 12
        assert counted(figures) == ALL


@pytest.mark.emulator
@pytest.mark.xdist_group("emulator")
class TestDynamoFigures(FiguresContract):
    @pytest.fixture
    def table(self, emulator: str, in_a_function: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:  # noqa: ARG002  its surroundings
        monkeypatch.setenv("AWS_ENDPOINT_URL", emulator)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        with tables_like(emulator, ROOT / "gateway/figures_table.yaml", ["FiguresTable"]) as names:
            yield names["FiguresTable"]

    @pytest.fixture
    def figures(self, table: str) -> Figures:
        return DynamoFigures(table, LONDON)

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
    @given(batches=deliveries(), lost=st.sets(st.integers(0, 20)))
    def test_any_order_repetition_and_lost_answers_count_the_set(
        self, figures: Figures, batches: list[Sequence[Occurrence]], lost: set[int]
    ) -> None:
        """A lost answer is a batch that comes again, although it was counted. Each example has a year of its own."""
        year = next(_YEARS)

        def in_year(each: Occurrence) -> Occurrence:
            return Occurrence(f"{each.identity} of {year}", each.at.replace(year=year), each.counts)

        for batch in [[in_year(each) for each in batch] for batch in batches]:
            with suppress(Unavailable), losing(lost):
                figures.count(batch, NOON)
            figures.count(batch, NOON)

        found = counted(figures, Period(date(year, 7, 1), date(year, 7, 31)))
        assert {day.replace(str(year), "2026"): counts for day, counts in found.items()} == ALL

    @pytest.mark.parametrize(("batch", "transactions"), [(range(50, 100), 1), (range(40, 60), 2), (range(10), 1)])
    def test_batch_costs_one_transaction_and_one_more_where_some_were_counted(
        self, figures: Figures, batch: range, transactions: int
    ) -> None:
        figures.count([sold(n) for n in range(50)], NOON)
        sent: list[str] = []

        def note(call: Callable[[], dict[str, Any]], operation: str, _: Any) -> dict[str, Any]:
            sent.append(operation)
            return call()

        with calls_through(note):
            figures.count([sold(n) for n in batch], NOON)

        assert sent == ["TransactWriteItems"] * transactions

    def test_search_costs_one_write_and_reading_a_query_of_each_shard(self, figures: Figures) -> None:
        assert cost_of(lambda: figures.add(NOON, {"searches": 1})).calls == ["UpdateItem"]
        assert cost_of(lambda: figures.between(JULY)).calls == ["Query"] * 4

    def test_markers_expire_and_say_nothing_of_what_was_counted(self, figures: Figures, table: str) -> None:
        figures.count([Occurrence("conversation of ada@example.org", NOON, {"conversations": 1})], NOON)

        items: list[Any] = list(scan(MarkerRecord.at(table)))

        assert "ada" not in str(items)
        [marker] = [item for item in items if "expiresAt" in item]
        assert marker["expiresAt"] == {"N": str(int((NOON + KEPT).timestamp()))}


_YEARS = iter(range(2100, 9000))


def losing(answers: set[int]) -> Any:
    """The store does what it is called for, and some of its answers get lost."""
    numbers = iter(range(1_000))

    def gate(call: Callable[[], dict[str, Any]], operation: str, _: Any) -> dict[str, Any]:
        answer = call()
        if operation == "TransactWriteItems" and next(numbers) in answers:
            raise Unavailable("the answer was lost")
        return answer

    return calls_through(gate)
