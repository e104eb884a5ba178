"""Imports in the background: part by part, and whatever happens in between, each line once."""

from dataclasses import replace

import pytest

from commerce.catalogue.domain.products import Product
from commerce.imports.domain import working
from commerce.imports.domain.background import Counts, State
from commerce.imports.domain.report_pages import Listed, report_page
from commerce.imports.domain.reporting import Outcome
from shared.errors import Unavailable
from shared.resilience.deadline import Deadline
from tests.commerce.examples import NOW, a_product
from tests.commerce.imports.background import Background, Killed, Life
from tests.commerce.imports.files import a_file, a_line
from tests.shared.clocks import FakeClock

COUNTED = a_product("counted", stock=4)
SOLD = replace(a_product("sold"), movements=1)
FILE = a_file(
    a_line("cup"),
    "teapot,,,,,,9.50,,,",
    "counted,,,,,,,,7,",
    a_line("bowl", price="-1"),
    "sold,,,,,,,,9,",
    a_line("cup"),
    a_line("cup", price="3"),
)


@pytest.fixture(autouse=True)
def two_lines_a_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(working, "PART", 2)


def a_shop() -> Background:
    return Background(a_product(), COUNTED, SOLD)


def work_on(shop: Background, life: Life | None = None) -> State | None:
    return shop.worker(life).work("i1", Deadline(1_000))


def reported(shop: Background) -> list[tuple[int, Outcome]]:
    return [(line.line, line.outcome) for line in shop.report]


def catalogue(shop: Background) -> dict[str, Product]:
    """Without times, which depend on the clock."""
    return {key: replace(product, created_at=NOW, updated_at=NOW) for key, product in shop.products.by_id.items()}


def test_file_is_imported_part_by_part() -> None:
    shop = a_shop()
    shop.start(FILE)

    assert shop.queue.messages == ["i1"]
    assert work_on(shop) is State.DONE

    done = shop.imports.by_id["i1"]
    assert (done.lines, done.counts) == (7, Counts(created=1, updated=3, unchanged=1, failed=2))
    assert [sum(part) for part in done.parts] == [3, 2, 2]  # the lines of a product stay together
    assert reported(shop) == [
        (2, Outcome.CREATED),
        (3, Outcome.UPDATED),
        (4, Outcome.UPDATED),
        (5, Outcome.FAILED),
        (6, Outcome.UPDATED),
        (7, Outcome.UNCHANGED),
        (8, Outcome.FAILED),
    ]
    assert [shop.products.by_id[key].stock for key in ("cup", "counted", "sold")] == [2, 7, 9]
    assert set(shop.ledger.by_id) == {"import:i1:counted", "import:i1:sold"}


def test_trial_reports_the_same_and_changes_nothing() -> None:
    shop, other = a_shop(), a_shop()
    shop.start(FILE)
    other.start(FILE, is_trial=True)
    before = dict(other.products.by_id)

    work_on(shop)
    work_on(other)

    assert other.products.by_id == before
    assert other.ledger.by_id == {}
    assert reported(other) == reported(shop)


@pytest.mark.parametrize("sells", [False, True])
def test_worker_that_is_killed_at_any_call_costs_nothing_and_does_nothing_twice(sells: bool) -> None:
    undisturbed = a_shop()
    undisturbed.start(FILE)
    whole_life = Life()
    work_on(undisturbed, whole_life)
    if sells:
        undisturbed.products.move("counted", -1)

    for ends_at in range(1, whole_life.calls + 1):
        shop = a_shop()
        shop.start(FILE)
        with pytest.raises(Killed):
            work_on(shop, Life(ends_at))
        was_counted = shop.products.by_id["counted"].stock == 7
        if sells and was_counted:
            shop.products.move("counted", -1)

        assert work_on(shop) is State.DONE
        if sells and not was_counted:
            shop.products.move("counted", -1)

        assert catalogue(shop) == catalogue(undisturbed), ends_at
        assert shop.ledger.by_id.keys() == undisturbed.ledger.by_id.keys()
        assert reported(shop) == reported(undisturbed), ends_at
        assert shop.imports.by_id["i1"].parts == undisturbed.imports.by_id["i1"].parts


def test_two_workers_of_one_import_do_each_line_once() -> None:
    shop = a_shop()
    shop.start(FILE)
    first, second = shop.worker(), shop.worker()
    queued = shop.imports.by_id["i1"]

    after = first._read(queued)
    assert second.work("i1", Deadline(1_000)) is State.DONE

    assert not shop.imports.advance(queued, after)
    assert first.work("i1", Deadline(1_000)) is State.DONE
    assert shop.products.by_id["cup"].version == 1


def test_import_that_has_no_time_left_goes_on_later() -> None:
    shop, clock = a_shop(), FakeClock()
    shop.start(FILE)

    for _ in range(3):  # there is time for one step, or for none
        clock.now += 1_000
        state = shop.worker().work("i1", Deadline(19, clock))
        assert state is State.QUEUED

    assert shop.queue.messages == ["i1"] * 4
    assert work_on(shop) is State.DONE


def test_file_that_is_not_usable_says_why() -> None:
    shop = a_shop()
    shop.start(b"name,categroy,price\nCup,Homeware,1")

    assert work_on(shop) is State.FAILED

    failed = shop.imports.by_id["i1"]
    assert failed.problem
    assert [error.field for error in failed.problem.errors] == ["categroy", "category"]
    assert failed.ended_at
    assert work_on(shop) is State.FAILED


def test_file_of_nothing_but_a_header_is_done() -> None:
    shop = a_shop()
    shop.start(b"name,category,price\n")

    assert work_on(shop) is State.DONE
    assert shop.imports.by_id["i1"].lines == 0


def test_store_out_of_reach_has_the_part_done_again(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = a_shop()
    shop.start(FILE)

    def refuse(_: object) -> dict[str, Product]:
        raise Unavailable("busy")

    with monkeypatch.context() as patch:
        patch.setattr(shop.products, "find_many", refuse)
        with pytest.raises(Unavailable):
            work_on(shop)

    assert shop.imports.by_id["i1"].state is State.RUNNING
    assert work_on(shop) is State.DONE


def test_nothing_is_done_for_an_import_that_there_is_not() -> None:
    assert work_on(a_shop()) is None


def test_report_is_read_by_parts_and_by_outcome() -> None:
    shop = a_shop()
    shop.start(FILE)
    work_on(shop)
    done = shop.imports.by_id["i1"]

    first = report_page(done, shop.files, None, 0)
    assert ([line.line for line in first.lines], first.after) == ([2, 7, 8], 1)
    last = report_page(done, shop.files, None, 2)
    assert ([line.line for line in last.lines], last.after) == ([5, 6], None)
    failed = report_page(done, shop.files, Listed.FAILED, 0)
    assert ([line.line for line in failed.lines], failed.after) == ([8], 2)
    assert [line.line for line in report_page(done, shop.files, Listed.FAILED, 2).lines] == [5]
    assert report_page(done, shop.files, Listed.CREATED, 1).lines == ()
