"""However records of the catalogue's stream come, and whatever fails, the index ends as the catalogue is."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from commerce.catalogue.domain.products import Product, Status
from commerce.search.adapters.product_changes import change_of
from commerce.search.domain.following import Entry, ProductIndex, entry_of
from commerce.search.domain.syncing import follow
from tests.commerce.search.contracts.interleavings import EXAMPLES
from tests.commerce.search.engines import Engine
from tests.commerce.search.examples import a_product
from tests.commerce.search.fake_index import FakeDeadLetters, down
from tests.commerce.search.records import record, tombstone

type Record = dict[str, Any]


class Flaky:
    """`written_before_failing`: of the next writes, how many entries are still written; None where all is well."""

    def __init__(self, index: ProductIndex, written_before_failing: Iterable[int | None]) -> None:
        self._index, self._written = index, iter(written_before_failing)

    def apply(self, entries: Sequence[Entry]) -> None:
        written = next(self._written, None)
        self._index.apply(entries[:written])
        if written is not None:
            raise down()

    def versions(self, product_ids: Sequence[str]) -> Mapping[str, tuple[int, bool]]:
        return self._index.versions(product_ids)

    def product_ids(self) -> Iterator[str]:
        return self._index.product_ids()

    def is_outdated(self) -> bool:
        return self._index.is_outdated()

    def replace(self, entries: Iterable[Entry]) -> None:
        self._index.replace(entries)


@st.composite
def histories(draw: st.DrawFn) -> list[tuple[list[Record], Entry]]:
    """Of some products: the records of all that happened, in the order in which it did, and what has to come of it."""
    history = []
    for product_id in draw(st.lists(st.sampled_from("abcd"), unique=True, min_size=1)):
        statuses = draw(st.lists(st.sampled_from(Status), min_size=1, max_size=5))
        states: list[Product] = [
            a_product(product_id, f"Scarf {version}", status=status, version=version)
            for version, status in enumerate(statuses, 1)
        ]
        records = [record(new, old=old) for new, old in zip(states, [None, *states], strict=False)]
        outcome = entry_of(states[-1])
        if draw(st.booleans()):
            records.append(record(None, old=states[-1]))
            outcome = tombstone(product_id, len(states) + 1)
        history.append((records, outcome))
    return history


@st.composite
def shuffled(draw: st.DrawFn, records: list[Record]) -> list[Record]:
    """All of them in any order, some twice, with the positions at which they come."""
    again = draw(st.lists(st.sampled_from(records), max_size=10))
    return [
        {**each, "dynamodb": {**each["dynamodb"], "SequenceNumber": str(position)}}
        for position, each in enumerate(draw(st.permutations([*records, *again])))
    ]


def deliver(records: list[Record], sizes: Iterator[int], index: ProductIndex) -> None:
    """As Lambda does: what has failed comes again, with all that stood behind it in its batch."""
    dead_letters = FakeDeadLetters()
    while records:
        batch = records[: next(sizes)]
        failed_at = follow([change_of(record) for record in batch], index, dead_letters)
        positions = [each["dynamodb"]["SequenceNumber"] for each in batch]
        records = records[positions.index(failed_at) if failed_at else len(batch) :]
    assert dead_letters.kept == []


class SyncingContract:
    """`long_lived` is one engine for all tests."""

    @EXAMPLES
    @given(history=histories(), data=st.data())
    def test_any_order_any_repetition_and_any_failure_end_in_the_same_index(
        self, long_lived: Engine, history: list[tuple[list[Record], Entry]], data: st.DataObject
    ) -> None:
        records = data.draw(shuffled([record for records, _ in history for record in records]))
        failures = data.draw(st.lists(st.none() | st.integers(0, 3), max_size=8))
        sizes = iter(lambda: data.draw(st.integers(1, 6)), 0)
        long_lived.index.replace([])

        deliver(records, sizes, Flaky(long_lived.index, failures))

        outcomes = [outcome for _, outcome in history]
        assert long_lived.index.versions([outcome.product_id for outcome in outcomes]) == {
            outcome.product_id: (outcome.version, outcome.product is not None) for outcome in outcomes
        }

    @EXAMPLES
    @given(history=histories(), data=st.data())
    def test_what_was_deleted_stays_deleted_whatever_comes_afterwards(
        self, long_lived: Engine, history: list[tuple[list[Record], Entry]], data: st.DataObject
    ) -> None:
        deletions = [record(None, old=a_product(outcome.product_id, version=outcome.version)) for _, outcome in history]
        late = data.draw(shuffled([record for records, _ in history for record in records]))
        sizes = iter(lambda: data.draw(st.integers(1, 6)), 0)
        long_lived.index.replace([])

        deliver([*deletions, *late], sizes, long_lived.index)

        assert long_lived.index.versions([outcome.product_id for _, outcome in history]) == {
            outcome.product_id: (outcome.version + 1, False) for _, outcome in history
        }
