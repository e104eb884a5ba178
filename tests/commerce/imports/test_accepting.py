"""A file that comes with a request: there is a report of every line, whatever the time."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from commerce.catalogue.domain.products import Product
from commerce.imports.domain import accepting
from commerce.imports.domain.background import Counts, Import, State
from commerce.imports.domain.importing import OutOfTime
from commerce.imports.domain.reporting import Report
from shared.resilience.deadline import Deadline
from tests.commerce.examples import NOW, a_product
from tests.commerce.imports.background import Background
from tests.commerce.imports.files import a_file, a_line, an_importer
from tests.commerce.imports.watched_products import WatchedProducts
from tests.commerce.stock.fakes import FakeStockLedger
from tests.shared.clocks import FakeClock

LINES = [
    *(a_line(f"cup-{number}") for number in range(6)),
    a_line("cup-1"),
    a_line("cup-2", price="3"),
    a_line("pot", price="-1"),
    "teapot,,,,,,9.50,,,",
    "counted,,,,,,,,7,",
    *(a_line(f"bowl-{number}") for number in range(6)),
]
FILE = a_file(*LINES)


class SlowShop(Background):
    """In which a write takes a second."""

    def __init__(self, seconds: float, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__()
        clock = FakeClock()

        def pass_a_second(_: WatchedProducts) -> None:
            clock.now += 1

        self.products = WatchedProducts(a_product(), a_product("counted", stock=4), before_write=pass_a_second)
        self.ledger = FakeStockLedger(self.products)
        monkeypatch.setattr(accepting, "Deadline", lambda _: Deadline(seconds, clock))

    def accept(self, *, is_trial: bool = False) -> Report | Import:
        with ThreadPoolExecutor(1) as threads:
            importer = an_importer(self.products, threads)
            return self.accepting(importer).accept("i1", FILE, "text/csv", "tom", NOW, is_trial=is_trial)


@pytest.fixture
def in_time(monkeypatch: pytest.MonkeyPatch) -> Report:
    """What is reported where there is time enough."""
    report = SlowShop(1_000, monkeypatch).accept()
    assert isinstance(report, Report)
    return report


@pytest.mark.parametrize("seconds", range(16))
def test_what_there_is_no_time_for_goes_on_in_the_background(
    seconds: int, in_time: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = SlowShop(seconds, monkeypatch)
    accepted = shop.accept()
    if isinstance(accepted, Import):
        assert shop.queue.messages == ["i1"]
        assert shop.worker().work("i1", Deadline(1_000)) is State.DONE
        accepted = Report(tuple(shop.report))
    assert accepted == in_time
    assert {product.version for key, product in shop.products.by_id.items() if key not in {"teapot", "counted"}} == {1}
    assert shop.products.by_id["counted"].stock == 7


def test_what_is_done_is_not_done_again_and_its_progress_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = SlowShop(4, monkeypatch)
    begun = shop.accept()
    assert isinstance(begun, Import)
    assert (begun.state, begun.lines, begun.part_count) == (State.RUNNING, len(LINES), 2)
    assert begun.counts == Counts(created=4, unchanged=1, failed=2)
    assert len(shop.files.part("i1", 1)) == len(LINES) - sum(begun.counts)
    assert not shop.files.files, "the file is not needed any more"


def test_trial_goes_on_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = SlowShop(0, monkeypatch)
    begun = shop.accept(is_trial=True)
    assert isinstance(begun, Import)
    assert (begun.state, begun.is_trial, begun.counts) == (State.RUNNING, True, Counts(failed=2))
    assert shop.worker().work("i1", Deadline(1_000)) is State.DONE
    assert set(shop.products.by_id) == {"teapot", "counted"}


def test_where_not_even_the_products_were_read_all_of_it_does(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = SlowShop(1_000, monkeypatch)
    find_many = shop.products.find_many

    def too_slow(_: list[str]) -> dict[str, Product]:
        raise OutOfTime("The data store took too long.", 2)

    monkeypatch.setattr(shop.products, "find_many", too_slow)
    queued = shop.accept()
    monkeypatch.setattr(shop.products, "find_many", find_many)
    assert isinstance(queued, Import)
    assert queued.state is State.QUEUED
    assert shop.worker().work("i1", Deadline(1_000)) is State.DONE
    assert len(shop.report) == len(LINES)
