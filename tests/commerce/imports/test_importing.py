"""What the lines of a file do to the catalogue."""

import pytest

from commerce.catalogue.domain.products import Kind, Status
from commerce.imports.domain.lines import MAX_LINES_AT_ONCE
from commerce.imports.domain.reporting import MAX_REPORTED_ERRORS, Outcome
from shared.json.encoding import encode
from shared.money import Money
from tests.commerce.catalogue.fakes import FakeProducts
from tests.commerce.examples import a_donation_item, a_product
from tests.commerce.imports.broken_lines import thousand_lines
from tests.commerce.imports.files import HEADER, LATER, TEAPOT, a_file, a_line, imported, messages, outcomes


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

    report = imported([item] * MAX_LINES_AT_ONCE, FakeProducts())

    assert report.count(Outcome.FAILED) == MAX_LINES_AT_ONCE
    assert sum(len(line.errors) for line in report.lines) <= MAX_REPORTED_ERRORS + MAX_LINES_AT_ONCE
    assert all(line.errors for line in report.lines)
    assert len(encode(report).encode()) < 5_000_000
