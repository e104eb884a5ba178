"""What a stream delivers counts once, as often as it delivers it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import Unavailable
from shared.events.changes import Change
from shared.figures.counting import count_changes
from shared.figures.tallies import Occurrence
from tests.shared.events.streamed import failures, stream
from tests.shared.figures.fake_figures import FakeFigures

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
TODAY = date(2026, 11, 30)


def rows(change: Change) -> Iterator[Occurrence]:
    """New rows count, with the number that they have."""
    if change.old is None and change.new is not None:
        yield Occurrence(change.new["id"]["S"], NOW, {"rows": 1, "sum": int(change.new["sum"]["N"])})


def row(number: int) -> dict[str, Any]:
    return {"id": {"S": f"row-{number}"}, "sum": {"N": str(number)}}


def counted(figures: FakeFigures, event: dict[str, Any]) -> Any:
    return count_changes(event, rows, figures, NOW)


@given(batches=st.lists(st.lists(st.integers(1, 9), max_size=5), max_size=6))
def test_rows_count_once_however_their_batches_are_cut_and_repeated(batches: list[list[int]]) -> None:
    figures = FakeFigures()

    for batch in batches:
        assert counted(figures, stream(row(number) for number in batch)) == failures()

    delivered = {number for batch in batches for number in batch}
    expected = {TODAY: {"rows": len(delivered), "sum": sum(delivered)}} if delivered else {}
    assert figures.days == expected


def test_row_that_cannot_be_read_comes_again_and_those_beside_it_count_once() -> None:
    figures = FakeFigures()
    event = stream([row(1), {"id": {"S": "row-2"}}, row(3)])

    assert counted(figures, event) == failures("s1")
    event["Records"][1]["dynamodb"]["NewImage"] = row(2)
    assert counted(figures, {"Records": event["Records"][1:]}) == failures()

    assert figures.days == {TODAY: {"rows": 3, "sum": 6}}


def test_changed_rows_are_not_new_where_the_stream_does_not_have_the_old_ones() -> None:
    figures = FakeFigures()

    assert counted(figures, stream([row(1)], "MODIFY")) == failures()

    assert figures.days == {}


def test_batch_comes_again_where_the_figures_are_out_of_reach() -> None:
    figures = FakeFigures()
    figures.out_of_reach = True

    with pytest.raises(Unavailable):
        counted(figures, stream([row(1)]))
