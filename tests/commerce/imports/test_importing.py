from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Event
from typing import Any

import pytest

from commerce.catalogue.domain.products import Kind, Product, Status
from commerce.imports.domain.csv_file import read_csv
from commerce.imports.domain.importing import Importer
from commerce.imports.domain.lines import MAX_LINES
from commerce.imports.domain.reporting import MAX_REPORTED_ERRORS, Outcome
from commerce.imports.requests import line_validator
from shared.errors import Unavailable
from shared.json.encoding import encode
from shared.money import Money
from shared.resilience.deadline import Deadline
from tests.commerce.catalogue.fakes import FakeProducts
from tests.commerce.examples import NOW, a_donation_item, a_product
from tests.commerce.imports.broken_lines import thousand_lines
from tests.commerce.imports.files import HEADER, a_file, a_line, imported, messages, notes, outcomes
from tests.shared.clocks import FakeClock

LATER = NOW + timedelta(days=1)
TEAPOT: dict[str, Any] = {"productId": "teapot", "name": "Enamel teapot", "category": "Homeware", "price": "8.50"}


class WatchedProducts(FakeProducts):
    """`before_write` happens between what an import has read and what it writes."""

    def __init__(self, *products: Product, before_write: Callable[["WatchedProducts"], None]) -> None:
        super().__init__(*products)
        self.before_write = before_write

    def add(self, product: Product, *rest: Any) -> None:
        self.before_write(self)
        super().add(product, *rest)

    def edit(self, seen: Product, edited: Product) -> Product:
        self.before_write(self)
        return super().edit(seen, edited)


def test_new_products_are_added() -> None:
    products = FakeProducts()

    report = imported(a_file(a_line("cup"), "meal,donation,A warm meal,,Gifts,,3,,,draft"), products)

    assert outcomes(report) == [Outcome.CREATED, Outcome.CREATED]
    assert products.by_id == {
        "cup": a_product(
            "cup",
            name="China cup",
            description="With a saucer.",
            tags=("kitchen", "blue"),
            price=Money(250, "GBP"),
            stock=2,
            images=(),
        ),
        "meal": a_donation_item(
            "meal", name="A warm meal", description="", tags=(), price=Money(300, "GBP"), status=Status.DRAFT
        ),
    }


def test_importing_again_changes_nothing() -> None:
    products = FakeProducts()
    body = a_file(*map(a_line, "abc"))
    imported(body, products)
    before = dict(products.by_id)

    report = imported(body, products, now=LATER)

    assert outcomes(report) == [Outcome.UNCHANGED] * 3
    assert products.by_id == before


def test_changed_line_updates_its_product_and_keeps_what_it_does_not_say() -> None:
    products = FakeProducts(a_product())

    report = imported([TEAPOT | {"price": "9"}], products, now=LATER)

    assert outcomes(report) == [Outcome.UPDATED]
    assert products.by_id == {"teapot": a_product(price=Money(900, "GBP"), version=2, updated_at=LATER)}


def test_texts_can_be_emptied_where_the_file_can_say_so() -> None:
    products = FakeProducts(a_product())

    imported([TEAPOT | {"description": "", "tags": []}], products)

    assert (products.by_id["teapot"].description, products.by_id["teapot"].tags) == ("", ())


def test_product_without_an_id_is_identified_by_name_and_category() -> None:
    products = FakeProducts()
    header = "name,category,price,stock"
    imported(a_file("China cup,Homeware,2,1", header=header), products)

    report = imported(a_file("CHINA  Cup,homeware,2.00,1", "China cup,Toys,2,1", header=header), products)

    assert outcomes(report) == [Outcome.UPDATED, Outcome.CREATED]
    assert sorted(product.name for product in products.by_id.values()) == ["CHINA Cup", "China cup"]
    assert report.lines[0].product_id in products.by_id


def test_goods_become_a_donation_item_without_a_stock() -> None:
    products = FakeProducts(a_product())

    imported([TEAPOT | {"kind": "donation"}], products)

    assert (products.by_id["teapot"].kind, products.by_id["teapot"].stock) == (Kind.DONATION, None)


def test_donation_item_becomes_goods_with_a_stock_only() -> None:
    products = FakeProducts(a_donation_item("teapot"))

    assert messages(imported([TEAPOT | {"kind": "goods"}], products)) == {
        1: {"stock": "is required for goods: the number of pieces"}
    }
    assert outcomes(imported([TEAPOT | {"kind": "goods", "stock": 1}], products)) == [Outcome.UPDATED]


@pytest.mark.parametrize("change", [{}, {"price": "9"}])
def test_archived_product_does_not_come_back_unasked(change: dict[str, str]) -> None:
    archived = a_product(status=Status.ARCHIVED)
    products = FakeProducts(archived)

    report = imported([TEAPOT | change], products)

    assert outcomes(report) == [Outcome.FAILED]
    assert "archived" in messages(report)[1]["status"]
    assert products.by_id == {"teapot": archived}


def test_archived_product_comes_back_where_the_line_says_so() -> None:
    products = FakeProducts(a_product(status=Status.ARCHIVED))

    assert outcomes(imported([TEAPOT | {"status": "active"}], products)) == [Outcome.UPDATED]
    assert products.by_id["teapot"].status is Status.ACTIVE


def test_archived_product_may_be_changed_where_it_is() -> None:
    products = FakeProducts(a_product(status=Status.ARCHIVED))

    assert outcomes(imported([TEAPOT | {"status": "archived", "price": "1"}], products)) == [Outcome.UPDATED]
    assert products.by_id["teapot"].status is Status.ARCHIVED


def test_line_that_contradicts_an_earlier_one_is_refused() -> None:
    products = FakeProducts()

    report = imported(
        a_file(a_line("cup"), a_line("cup", price="3"), header=HEADER.replace("productId", "sku")), products
    )

    assert outcomes(report) == [Outcome.CREATED, Outcome.FAILED]
    assert messages(report) == {3: {"sku": "contradicts line 2, which has the same product"}}
    assert products.by_id["cup"].price == Money(250, "GBP")


def test_names_that_mean_one_product_are_reported_by_the_name() -> None:
    lines = ("Cup,Homeware,1,1", "cup,Homeware,2,1")

    report = imported(a_file(*lines, header="name,category,price,stock"), FakeProducts())

    assert messages(report) == {3: {"name": "contradicts line 2, which has the same product"}}


def test_line_that_repeats_another_changes_nothing() -> None:
    products = FakeProducts()

    report = imported(a_file(*[a_line("cup")] * 3), products)

    assert outcomes(report) == [Outcome.CREATED, Outcome.UNCHANGED, Outcome.UNCHANGED]
    assert products.by_id["cup"].version == 1


def test_line_that_repeats_one_that_failed_fails_too() -> None:
    products = FakeProducts(a_product(status=Status.ARCHIVED))

    report = imported([TEAPOT, TEAPOT], products)

    assert outcomes(report) == [Outcome.FAILED, Outcome.FAILED]


def test_sound_line_stands_beside_a_broken_one_of_its_product() -> None:
    report = imported(a_file(a_line("cup", price="x"), a_line("cup")), FakeProducts())

    assert outcomes(report) == [Outcome.FAILED, Outcome.CREATED]


def test_everything_that_is_wrong_with_a_line_is_reported() -> None:
    line = ",service, ,\x07,,a;a,free,EUR,many,sold"

    assert messages(imported(a_file(line), FakeProducts()))[2].keys() == {
        "kind", "name", "description", "category", "tags", "price", "currency", "stock", "status",
    }  # fmt: skip


def test_price_that_cannot_be_read_is_reported_once() -> None:
    in_csv = imported(b"name,category,amount,stock\nCup,Homeware,1.50,1", FakeProducts())
    in_json = imported([TEAPOT | {"price": None, "amount": "1.50"}], FakeProducts(a_product()))

    assert messages(in_csv)[2].keys() == messages(in_json)[1].keys() == {"amount"}


def test_what_the_catalogue_holds_against_a_wrong_line_is_reported_with_the_rest() -> None:
    archived = FakeProducts(a_product(status=Status.ARCHIVED))

    assert messages(imported([TEAPOT | {"price": "x"}], archived))[1].keys() == {"price", "status"}
    assert messages(imported([TEAPOT | {"price": "x"}], FakeProducts()))[1].keys() == {"price", "stock"}
    assert messages(imported([TEAPOT | {"price": "x"}], FakeProducts(a_product())))[1].keys() == {"price"}
    assert messages(imported([TEAPOT | {"kind": "x"}], FakeProducts()))[1].keys() == {"kind"}


def test_line_is_reported_with_the_product_that_it_names() -> None:
    report = imported(a_file(a_line("cup", price="x"), a_line("no id", price="x")), FakeProducts())

    assert [line.product_id for line in report.lines] == ["cup", None]


def test_change_that_comes_between_is_met_once_more() -> None:
    def rename(products: WatchedProducts) -> None:
        current = products.by_id["teapot"]
        if current.version == 1:
            products.by_id["teapot"] = replace(current, description="Another.", version=2, revision=2)

    products = WatchedProducts(a_product(), before_write=rename)

    report = imported([TEAPOT | {"price": "9"}], products, now=LATER)

    assert outcomes(report) == [Outcome.UPDATED]
    assert products.by_id["teapot"] == a_product(
        price=Money(900, "GBP"), description="Another.", version=3, updated_at=LATER
    )


STAYS = {"stock": "has moved and is 3 now: leave it out, and change it by POST /products/{productId}/stock"}


@pytest.mark.parametrize("is_trial", [False, True])
def test_line_puts_back_nothing_that_was_sold_and_its_other_columns_count(is_trial: bool) -> None:
    products = FakeProducts(a_product())
    products.move("teapot", -1)
    line = TEAPOT | {"stock": 4}

    report = imported([line, line], products, is_trial=is_trial)
    changing = imported([line | {"price": "9"}], products, is_trial=is_trial)

    assert outcomes(report) == [Outcome.UNCHANGED] * 2
    assert outcomes(changing) == [Outcome.UPDATED]
    assert notes(report) == {1: STAYS, 2: STAYS}
    assert notes(changing) == {1: STAYS}
    found = products.by_id["teapot"]
    assert (found.stock, found.price.amount) == (3, 850 if is_trial else 900)


def test_stock_that_is_the_shop_s_needs_no_note() -> None:
    products = FakeProducts(a_product())
    products.move("teapot", -1)

    assert notes(imported([TEAPOT | {"stock": 3}, TEAPOT | {"stock": 3}], products)) == {}
    assert notes(imported([TEAPOT], products)) == {}


@pytest.mark.parametrize("line", [TEAPOT | {"price": "9"}, TEAPOT | {"price": "9", "stock": 9}])
def test_sale_while_a_line_is_imported_is_kept(line: dict[str, Any]) -> None:
    """Whether or not it is the product's first, which an import that sets the stock must not overtake."""

    def sell_once(products: WatchedProducts) -> None:
        if not products.by_id["teapot"].movements:
            products.move("teapot", -1)

    products = WatchedProducts(a_product(), before_write=sell_once)

    report = imported([line], products)

    assert outcomes(report) == [Outcome.UPDATED]
    assert notes(report) == ({1: STAYS} if "stock" in line else {})
    found = products.by_id["teapot"]
    assert (found.stock, found.opening_stock, found.price.amount) == (3, 4, 900)


def test_stock_that_has_not_moved_is_set() -> None:
    products = FakeProducts(a_product())

    assert notes(imported([TEAPOT | {"stock": 9}], products)) == {}
    assert (products.by_id["teapot"].stock, products.by_id["teapot"].opening_stock) == (9, 9)


def test_goods_that_have_moved_stay_goods() -> None:
    products = FakeProducts(a_product())
    products.move("teapot", -1)

    report = imported([TEAPOT | {"kind": "donation"}], products)

    assert messages(report)[1].keys() == {"kind"}
    assert products.by_id["teapot"].kind is Kind.GOODS


def test_product_that_somebody_else_adds_meanwhile_is_met() -> None:
    def add(products: WatchedProducts) -> None:
        products.by_id.setdefault("teapot", a_product())

    products = WatchedProducts(before_write=add)

    assert outcomes(imported([TEAPOT | {"stock": 4}], products)) == [Outcome.UNCHANGED]


def test_product_that_keeps_changing_is_left_to_the_others() -> None:
    def write(products: WatchedProducts) -> None:
        current = products.by_id["teapot"]
        products.by_id["teapot"] = replace(current, version=current.version + 1)

    report = imported([TEAPOT | {"price": "9"}], WatchedProducts(a_product(), before_write=write))

    assert outcomes(report) == [Outcome.FAILED]
    assert "at the same time" in messages(report)[1]["line"]


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
        importer = Importer(products, threads, lambda: NOW, grace_seconds=0.01)
        report = importer.run(read_csv(body), line_validator("GBP"), Deadline(0.05))
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
        importer = Importer(Silent(), threads, lambda: NOW)
        with pytest.raises(Unavailable):
            importer.run(read_csv(a_file(a_line("cup"))), line_validator("GBP"), Deadline(0.05))
        go_on.set()


def assert_set(event: Event) -> None:
    """It is a test's last step that sets it."""
    assert event.wait(10)


def test_two_imports_of_one_file_at_once_make_each_product_once() -> None:
    products = FakeProducts()
    body = a_file(*(a_line(f"cup-{number}") for number in range(50)))

    with ThreadPoolExecutor(2) as admins:
        reports = list(admins.map(lambda _: imported(body, products), range(2)))

    assert sum(report.count(Outcome.CREATED) for report in reports) == 50
    assert sum(report.count(Outcome.UNCHANGED) for report in reports) == 50
    assert {product.version for product in products.by_id.values()} == {1}


def test_of_a_thousand_lines_the_sound_ones_are_in_and_the_others_explained() -> None:
    products = FakeProducts()
    lines, wrong = thousand_lines(a_line)

    report = imported(a_file(*lines), products)

    assert {number: set(errors) for number, errors in messages(report).items()} == wrong
    assert (report.count(Outcome.CREATED), report.count(Outcome.FAILED)) == (963, 37)
    assert len(products.by_id) == 963

    again = imported(a_file(*lines), products, now=LATER)
    assert (again.count(Outcome.UNCHANGED), again.count(Outcome.FAILED)) == (963, 37)
    assert {product.version for product in products.by_id.values()} == {1}


def test_report_of_the_worst_file_fits_into_an_answer() -> None:
    item = {"name": "", "category": "", "kind": "?", "status": "?", "stock": -1, "tags": [""] * 20, "x" * 40: 1}

    report = imported([item] * MAX_LINES, FakeProducts())

    assert report.count(Outcome.FAILED) == MAX_LINES
    assert sum(len(line.errors) for line in report.lines) <= MAX_REPORTED_ERRORS + MAX_LINES
    assert all(line.errors for line in report.lines)
    assert len(encode(report).encode()) < 5_000_000
