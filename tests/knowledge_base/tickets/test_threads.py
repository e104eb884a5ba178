"""Pages of a thread: together they are the whole of it, whatever is written, merged and undone in between."""

from collections.abc import Sequence
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.tickets.domain.threads import MAX_PAGE_BYTES, MAX_TEXT, Entry, Kind, Stretch, page_of
from shared.json.encoding import encode
from tests.knowledge_base.tickets.examples import an_entry
from tests.knowledge_base.tickets.fakes import FakeThreads

TICKETS = ("t1", "t2", "t3")
CLOCK = count(1)


def written(threads: FakeThreads, ticket_id: str, *, note: bool = False, text: str = "Words") -> Entry:
    kind = Kind.NOTE if note else Kind.SUPPORTER
    entry = an_entry(1, entry_id=f"{next(CLOCK):09}", ticket_id=ticket_id, kind=kind, text=text)
    threads.entries.append(entry)
    return entry


class Reader:
    """Reads page after page, from the newest one back."""

    def __init__(self, threads: FakeThreads, limit: int, *, notes: bool) -> None:
        self._threads, self._limit, self._notes = threads, limit, notes
        self._before: str | None = None
        self.read: list[Entry] = []
        self.is_through = False

    def turn(self, ticket_ids: Sequence[str]) -> None:
        stretches = self._threads.newest(ticket_ids, self._before, self._limit + 1, notes=self._notes)
        page = page_of(stretches, self._limit)
        assert len(page.entries) <= self._limit
        assert page.before is None or self._before is None or page.before < self._before
        self.read = [*page.entries, *self.read]
        self._before, self.is_through = page.before, page.before is None


events = st.one_of(
    st.tuples(st.just("write"), st.sampled_from(TICKETS), st.booleans()),
    st.tuples(st.just("turn"), st.just(""), st.booleans()),
    st.tuples(st.sampled_from(["merge", "undo"]), st.sampled_from(TICKETS[1:]), st.booleans()),
)
threads_of = st.lists(st.tuples(st.sampled_from(TICKETS), st.booleans()), max_size=30)


@given(threads_of, st.lists(events, max_size=30), st.integers(1, 5), st.booleans())
def test_pages_have_each_entry_once_in_order_whatever_happens_in_between(
    before: list[tuple[str, bool]], then: list[tuple[str, str, bool]], limit: int, notes: bool
) -> None:
    threads, merged = FakeThreads(), {"t1", "t2"}
    for ticket_id, note in before:
        written(threads, ticket_id, note=note)
    reader = Reader(threads, limit, notes=notes)
    reader.turn(sorted(merged))
    there, always, ever = list(threads.entries), set(merged), set(merged)
    for what, ticket_id, note in [*then, *[("turn", "", False)] * 99]:
        if what == "write":
            written(threads, ticket_id, note=note)
        elif what == "merge":
            merged.add(ticket_id)
            ever.add(ticket_id)
        elif what == "undo":
            merged.discard(ticket_id)
            always.discard(ticket_id)
        elif not reader.is_through:
            reader.turn(sorted(merged))

    ids = [each.entry_id for each in reader.read]
    assert reader.is_through
    assert ids == sorted(set(ids))
    assert {each.ticket_id for each in reader.read} <= ever
    assert notes or not any(each.is_private for each in reader.read)
    stayed = [each for each in there if each.ticket_id in always and (notes or not each.is_private)]
    assert [each for each in reader.read if each in stayed] == stayed


@given(st.lists(st.text("a\n👋", max_size=MAX_TEXT), max_size=8), st.integers(1, 9))
def test_page_is_bounded_by_bytes_and_has_one_entry_however_long(texts: list[str], limit: int) -> None:
    threads = FakeThreads()
    for text in texts:
        written(threads, "t1", text=text)
    page = page_of(threads.newest(["t1"], None, limit + 1, notes=True), limit)

    size = sum(len(encode(each.text).encode()) for each in page.entries[1:])
    assert size <= MAX_PAGE_BYTES
    assert bool(page.entries) == bool(texts)


def test_longest_entries_fill_pages_and_all_are_read() -> None:
    threads = FakeThreads()
    for _ in range(20):
        written(threads, "t1", text="👋" * MAX_TEXT)
    reader, turns = Reader(threads, 50, notes=True), 0
    while not reader.is_through:
        reader.turn(["t1"])
        turns += 1

    assert reader.read == threads.entries
    assert turns == 7  # three of 80 KB fit


@pytest.mark.parametrize("attachments", [0, 10])
def test_attachments_count_towards_a_page(attachments: int) -> None:
    names = tuple(map(str, range(attachments)))
    entries = [an_entry(1, entry_id=f"{number:03}", attachments=names) for number in range(100)]
    page = page_of([Stretch(entries[::-1], None)], 100)
    assert len(page.entries) == (26 if attachments else 100)


def test_nothing_is_shown_before_what_another_ticket_may_have_in_between() -> None:
    of_one = Stretch([an_entry(9), an_entry(8)], "e8")
    of_two = Stretch([an_entry(7, ticket_id="t2"), an_entry(2, ticket_id="t2")], None)
    page = page_of([of_one, of_two], 5)
    assert ([each.entry_id for each in page.entries], page.before) == (["e8", "e9"], "e8")
    assert page_of([], 5).before is None
