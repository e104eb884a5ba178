"""The catalogue as a file, which changes nothing when it is imported again."""

import csv
import io
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from commerce.catalogue.domain.products import Kind, Product, Status
from commerce.imports import wiring
from commerce.imports.domain.export import ExportLink, exported
from commerce.imports.domain.reporting import Outcome
from commerce.imports.domain.tags import tags_cell, tags_in
from commerce.imports.handlers import product_export
from commerce.imports.handlers.product_export import handler
from commerce.imports.requests import ImportedProduct
from shared.errors import Invalid, Unavailable
from shared.http.bodies import checked
from shared.money import MAX_MINOR_UNITS, Money
from shared.text.csv_file import cell_text
from tests.commerce.calls import ADMIN, call
from tests.commerce.catalogue.fakes import FakeProducts
from tests.commerce.examples import NOW, a_donation_item, a_product
from tests.commerce.imports.files import LATER, imported, outcomes
from tests.shared.gateway_events import access_claims, rest_event
from tests.shared.lambda_context import CONTEXT

FORMULA = "=HYPERLINK(1)"
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufffd"), max_size=20)
snippets = st.lists(st.sampled_from([*"=+-@'\";,|\\\t\n", "\r\n", "＝", "a", "É", " ", "1,5"]), max_size=6).map("".join)


def as_posted(name: str, description: str, category: str, tags: list[str]) -> dict[str, object] | None:
    """What POST /products makes of these texts; None if it refuses them."""
    values = {"name": name, "description": description, "category": category, "tags": tags}
    try:
        return checked(ImportedProduct, {"productId": "p"} | values).model_dump(include=set(values))
    except Invalid:
        return None


@st.composite
def products_of_a_shop(draw: st.DrawFn) -> list[Product]:
    found = []
    for number in range(draw(st.integers(1, 6))):
        text = snippets | texts
        posted = as_posted(draw(text), draw(text), draw(text), draw(st.lists(text, max_size=3, unique=True)))
        if posted is None:
            continue
        kind = draw(st.sampled_from(Kind))
        stock = draw(st.integers(0, 1_000_000)) if kind is Kind.GOODS else None
        found.append(
            a_product(
                f"p{number}",
                kind=kind,
                name=posted["name"],
                description=posted["description"],
                category=posted["category"],
                tags=tuple(posted["tags"]),  # type: ignore[arg-type]  # they are a list
                price=Money(draw(st.integers(1, MAX_MINOR_UNITS)), "GBP"),
                stock=stock,
                opening_stock=stock,
                status=draw(st.sampled_from(Status)),
                movements=draw(st.integers(0, 1)),
            )
        )
    return found


def export(products: FakeProducts) -> str:
    return exported(products, lambda: True)


@given(products_of_a_shop())
@example([a_product("p0", description="'\t")])
@example([a_product("p0", description=" '=1")])
def test_what_is_exported_is_imported_without_a_change(found: list[Product]) -> None:
    products = FakeProducts(*found)
    before = dict(products.by_id)

    text = export(products)
    report = imported(text.encode(), products, now=LATER)

    assert outcomes(report) == [Outcome.UNCHANGED] * len(found)
    assert products.by_id == before
    for row in csv.reader(io.StringIO(text, newline="")):
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) for cell in row)


@given(products_of_a_shop())
def test_what_is_exported_makes_the_same_shop_elsewhere(found: list[Product]) -> None:
    as_cells_keep_it = [replace(product, description=cell_text(product.description)) for product in found]
    products, other = FakeProducts(*as_cells_keep_it), FakeProducts()

    imported(export(products).encode(), other)

    assert sorted(export(other).split("\r\n")) == sorted(export(products).split("\r\n"))


@given(st.lists(st.text(";|\\ab", min_size=1, max_size=5), max_size=4))
def test_tags_may_hold_what_separates_them(tags: list[str]) -> None:
    assert tags_in(tags_cell(tags)) == tags


def test_tags_are_separated_as_people_do_it() -> None:
    assert tags_in("kitchen;blue| tin ;") == ["kitchen", "blue", "tin"]
    assert tags_in(r"AC\DC") == [r"AC\DC"]


def test_export_has_every_product_once() -> None:
    found = [a_product(f"p{number}", status=status) for number, status in enumerate(Status)]
    rows = list(csv.DictReader(io.StringIO(export(FakeProducts(*found, a_donation_item())), newline="")))

    assert {row["productId"]: row["status"] for row in rows} == {
        "p0": "draft", "p1": "active", "p2": "archived", a_donation_item().product_id: "active",
    }  # fmt: skip


def test_catalogue_that_takes_too_long_is_no_file() -> None:
    with pytest.raises(Unavailable):
        exported(FakeProducts(a_product()), lambda: False)


@pytest.fixture
def shop(products: FakeProducts, monkeypatch: pytest.MonkeyPatch) -> FakeProducts:
    monkeypatch.setattr(wiring, "catalogue", lambda: products)
    return products


def handler_answer() -> dict[str, Any]:
    return handler(rest_event(ADMIN, None, {}, "/products/export", method="GET"), CONTEXT)


@pytest.mark.usefixtures("edge", "shop")
class TestRoute:
    def test_admins_get_a_file(self, shop: FakeProducts) -> None:
        shop.by_id["formula"] = a_product("formula", name=FORMULA)

        answer = handler_answer()

        assert answer["statusCode"] == 200
        assert answer["headers"]["Content-Type"] == "text/csv; charset=utf-8"
        assert answer["headers"]["Content-Disposition"] == 'attachment; filename="products.csv"'
        assert f"'{FORMULA}" in answer["body"]

    def test_large_file_is_somewhere_else(self, monkeypatch: pytest.MonkeyPatch) -> None:
        class Exports:
            def put(self, *file: Any) -> ExportLink:
                return ExportLink(f"https://files.example.org/{file[2]}?{len(file[1])}", NOW)

        monkeypatch.setattr(wiring, "exports", Exports)
        monkeypatch.setattr(product_export, "_MAX_BODY_BYTES", 10)

        answer = handler_answer()

        assert answer["statusCode"] == 303
        assert answer["headers"]["Location"].startswith("https://files.example.org/products.csv?")

    @pytest.mark.parametrize("groups", [None, "staff", "finance"])
    def test_nobody_else_does(self, groups: str | None) -> None:
        assert call(handler, "GET /products/export", claims=access_claims("ada", groups))[0] == 403
