"""The index is made anew, or compared and repaired, while changes keep coming."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce.search.domain.following import Entry
from commerce.search.domain.rebuilding import Report, rebuild, verify
from tests.commerce.search.fake_index import FakeCatalogue, FakeIndex
from tests.commerce.search.records import entry, tombstone


@pytest.fixture
def index() -> FakeIndex:
    return FakeIndex()


@pytest.fixture
def catalogue() -> FakeCatalogue:
    return FakeCatalogue()


def holding(index: FakeIndex, *entries: Entry) -> None:
    index.entries = {entry.product_id: entry for entry in entries}


def test_new_index_is_as_the_catalogue(index: FakeIndex, catalogue: FakeCatalogue) -> None:
    catalogue.keep(entry("a", 2), tombstone("b", 3))
    holding(index, entry("a", 1), entry("b", 2))

    assert rebuild(catalogue, index) == Report(checked=2)

    assert index.entries == catalogue.by_id


def test_tombstone_of_what_has_left_the_catalogue_moves_to_the_new_index(
    index: FakeIndex, catalogue: FakeCatalogue
) -> None:
    catalogue.keep(entry("a"))
    holding(index, tombstone("b", 4), entry("ghost", 2))

    rebuild(catalogue, index)

    assert index.entries == {"a": entry("a"), "b": tombstone("b", 4), "ghost": tombstone("ghost", 3)}


def test_changes_that_the_old_index_took_meanwhile_are_not_lost(index: FakeIndex, catalogue: FakeCatalogue) -> None:
    catalogue.keep(entry("a", 1), entry("b", 1))

    def sync() -> None:
        catalogue.keep(entry("a", 2), entry("c", 1))
        index.apply([entry("a", 2), entry("c", 1)])

    index.before_swap = sync

    assert rebuild(catalogue, index) == Report(checked=3, missing=1, stale=1, repaired=2)
    assert index.entries == catalogue.by_id


def test_comparison_finds_and_repairs_each_kind_of_difference(index: FakeIndex, catalogue: FakeCatalogue) -> None:
    catalogue.keep(entry("right"), entry("missing"), entry("stale", 3), tombstone("deleted", 2))
    holding(index, entry("right"), entry("stale", 2), entry("deleted", 1), entry("ghost", 7), tombstone("gone", 2))

    assert verify(catalogue, index) == Report(checked=4, missing=1, stale=2, ghosts=1, repaired=4)

    assert index.entries == catalogue.by_id | {"ghost": tombstone("ghost", 8), "gone": tombstone("gone", 2)}
    assert verify(catalogue, index) == Report(checked=4)


def test_change_between_the_two_looks_is_no_difference(index: FakeIndex, catalogue: FakeCatalogue) -> None:
    catalogue.keep(entry("a", 1))
    holding(index, entry("a", 1))

    def sync() -> None:
        catalogue.keep(tombstone("a", 2))
        index.apply([tombstone("a", 2)])

    catalogue.during_scan = sync

    assert verify(catalogue, index) == Report(checked=1)


def test_index_that_is_ahead_is_not_said_to_be_repaired(index: FakeIndex, catalogue: FakeCatalogue) -> None:
    catalogue.keep(entry("a", 1))
    holding(index, entry("a", 5))

    assert verify(catalogue, index) == Report(checked=1, stale=1, repaired=0)
    assert rebuild(catalogue, index) == Report(checked=1)


def test_refused_and_unreadable_products_are_reported(index: FakeIndex, catalogue: FakeCatalogue) -> None:
    catalogue.keep(entry("a"), entry("b"), entry("c"))
    index.refused, catalogue.unreadable = {"a"}, {"b"}

    assert rebuild(catalogue, index) == Report(checked=3, missing=1, repaired=0, unreadable=1)
    assert index.found() == {"c"}


def test_unreadable_product_is_no_ghost(index: FakeIndex, catalogue: FakeCatalogue) -> None:
    catalogue.keep(entry("a", 2))
    catalogue.unreadable = {"a"}
    holding(index, entry("a", 1))

    assert verify(catalogue, index) == Report(checked=1, unreadable=1)
    assert index.found() == {"a"}


def test_old_index_that_cannot_be_read_does_not_stop_its_rebuild(index: FakeIndex, catalogue: FakeCatalogue) -> None:
    catalogue.keep(entry("a"))
    holding(index, tombstone("b", 4))
    index.is_unreadable = True

    assert rebuild(catalogue, index) == Report(checked=1)
    assert index.entries == {"a": entry("a")}


_STATES = st.dictionaries(
    st.sampled_from("abcdef"),
    st.tuples(st.integers(1, 4), st.booleans()),
)


@given(catalogued=_STATES, indexed=_STATES)
def test_after_a_comparison_the_index_is_as_the_catalogue_unless_it_was_ahead(
    catalogued: dict[str, tuple[int, bool]], indexed: dict[str, tuple[int, bool]]
) -> None:
    def made(states: dict[str, tuple[int, bool]]) -> list[Entry]:
        return [entry(id_, version) if shown else tombstone(id_, version) for id_, (version, shown) in states.items()]

    catalogue, index = FakeCatalogue(), FakeIndex()
    catalogue.keep(*made(catalogued))
    holding(index, *made(indexed))

    verify(catalogue, index)

    for wanted in catalogue.by_id.values():
        assert index.entries[wanted.product_id].version >= wanted.version
    assert index.found() <= catalogue.by_id.keys()

    assert rebuild(catalogue, index).repaired == 0
    assert {id_: each for id_, each in index.entries.items() if id_ in catalogue.by_id} == catalogue.by_id
