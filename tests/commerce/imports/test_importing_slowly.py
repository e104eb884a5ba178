"""What becomes of an import whose time runs out, or whose store is busy or silent."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from commerce.catalogue.domain.products import Product
from commerce.imports.domain.csv_file import read_csv
from commerce.imports.domain.importing import Provenance
from commerce.imports.domain.reporting import Outcome
from commerce.imports.requests import line_validator
from shared.errors import Unavailable
from shared.resilience.deadline import Deadline
from tests.commerce.catalogue.fakes import FakeProducts
from tests.commerce.examples import NOW
from tests.commerce.imports.files import a_file, a_line, an_importer, imported, messages
from tests.commerce.imports.watched_products import WatchedProducts
from tests.shared.clocks import FakeClock

PROVENANCE = Provenance("import-1", "tom", NOW)


def test_what_there_is_no_time_for_is_reported_and_done_the_next_time() -> None:
    clock = FakeClock()

    def pass_a_second(_: WatchedProducts) -> None:
        clock.now += 1

    products = WatchedProducts(before_write=pass_a_second)
    body = a_file(*(a_line(f"cup-{number}") for number in range(20)))

    first = imported(body, products, deadline=Deadline(8, clock))
    second = imported(body, products)

    assert first.count(Outcome.CREATED) == len(first.lines) - first.count(Outcome.NOT_TRIED)
    assert 8 <= first.count(Outcome.CREATED) < 20
    assert second.count(Outcome.UNCHANGED) == first.count(Outcome.CREATED)
    assert second.count(Outcome.CREATED) == first.count(Outcome.NOT_TRIED)


def test_store_that_is_busy_costs_the_lines_that_it_did_not_take() -> None:
    turns = iter(range(100))

    def refuse_every_other(_: WatchedProducts) -> None:
        if next(turns) % 2:
            raise Unavailable("busy")

    products = WatchedProducts(before_write=refuse_every_other)
    body = a_file(*(a_line(f"cup-{number}") for number in range(20)))

    report = imported(body, products)

    assert report.count(Outcome.CREATED) == report.count(Outcome.FAILED) == 10
    assert {next(iter(errors)) for errors in messages(report).values()} == {"line"}
    products.before_write = lambda _: None
    assert imported(body, products).count(Outcome.CREATED) == 10


def test_store_out_of_reach_is_no_report() -> None:
    class Unreachable(FakeProducts):
        def find_many(self, _: object) -> dict[str, Product]:
            raise Unavailable("busy")

    with pytest.raises(Unavailable):
        imported(a_file(a_line("cup")), Unreachable())


def test_store_that_falls_silent_costs_no_report() -> None:
    go_on = Event()
    products = WatchedProducts(before_write=lambda _: assert_set(go_on))
    body = a_file(*(a_line(f"cup-{number}") for number in range(20)))

    with ThreadPoolExecutor(4) as threads:
        importer = an_importer(products, threads, grace_seconds=0.01)
        report = importer.run(read_csv(body), line_validator("GBP"), PROVENANCE, Deadline(0.05))
        go_on.set()

    assert (report.count(Outcome.FAILED), report.count(Outcome.NOT_TRIED)) == (4, 16)
    assert {errors["line"] for errors in messages(report).values()} == {
        "the data store did not answer, so the line may or may not have been imported: import it again"
    }


def test_store_that_is_silent_from_the_start_is_no_report() -> None:
    go_on = Event()

    class Silent(FakeProducts):
        def find_many(self, _: object) -> dict[str, Product]:
            assert_set(go_on)
            return {}

    with ThreadPoolExecutor(4) as threads:
        importer = an_importer(Silent(), threads)
        with pytest.raises(Unavailable):
            importer.run(read_csv(a_file(a_line("cup"))), line_validator("GBP"), PROVENANCE, Deadline(0.05))
        go_on.set()


def assert_set(event: Event) -> None:
    """It is a test's last step that sets it."""
    assert event.wait(10)
