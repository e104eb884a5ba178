"""Exports of other shop systems, imported as they are. The samples have the columns that each system writes."""

from pathlib import Path
from typing import Any

import pytest

from commerce.catalogue.domain.products import Product, Status
from commerce.imports.domain.reporting import Outcome, Report
from tests.commerce.catalogue.fakes import FakeProducts
from tests.commerce.imports.files import imported, messages, outcomes

EXPORTS = Path(__file__).parent / "exports"


def imported_from(name: str) -> tuple[FakeProducts, Report]:
    products = FakeProducts()
    content = (EXPORTS / name).read_bytes()
    report = imported(content, products)
    before = dict(products.by_id)
    assert imported(content, products).count(Outcome.UNCHANGED) == report.count(Outcome.CREATED)
    assert products.by_id == before
    return products, report


def of(product: Product) -> tuple[Any, ...]:
    """What systems say of most products."""
    return product.name, product.category, product.price.amount, product.stock, product.tags, product.description


KNITTED = "Knitted by volunteers."


def test_shopify() -> None:
    products, report = imported_from("shopify.csv")

    assert {key: of(product) for key, product in products.by_id.items()} == {
        "SC-RED-L": (
            "Wool scarf – Red / Large",
            "Scarves",
            1450,
            12,
            ("winter", "gifts"),
            f"{KNITTED}\nWash at 30\u00a0°C & dry flat.",
        ),
        "SC-BLUE-L": (
            "Wool scarf – Blue / Large",
            "Scarves",
            1450,
            0,
            ("winter", "gifts"),
            f"{KNITTED}\nWash at 30\u00a0°C & dry flat.",
        ),
        "mystery-box": ("Mystery box", "Books", 500, 1, (), ""),
        "MUG-OLD": ("Old mug", "Mugs", 200, 1, (), ""),
    }
    assert [products.by_id[key].status for key in ("SC-RED-L", "mystery-box", "MUG-OLD")] == [
        Status.ACTIVE,
        Status.DRAFT,
        Status.ARCHIVED,
    ]
    assert [line.line for line in report.lines] == [2, 3, 5, 6]  # line 4 is a picture


def test_shopify_with_its_new_names() -> None:
    products, _ = imported_from("shopify_2025.csv")

    assert {key: of(product) for key, product in products.by_id.items()} == {
        "SC-RED": ("Wool scarf – Red", "Scarves", 1450, 12, ("winter",), KNITTED),
        "SC-BLUE": ("Wool scarf – Blue", "Scarves", 1500, 3, ("winter",), KNITTED),
    }


def test_woocommerce() -> None:
    products, report = imported_from("woocommerce.csv")

    assert {key: of(product) for key, product in products.by_id.items()} == {
        "TEAPOT": ("Enamel teapot", "Kitchen", 950, 4, ("kitchen", "blue"), "Blue enamel,\nholds a litre."),
        "SCARF-RED": ("Wool scarf - Red", "Scarves", 1450, 5, ("winter",), KNITTED),
        "32": ("Wool scarf – Blue / L", "Scarves", 1500, 0, ("winter",), KNITTED),
        "40": ("=HYPERLINK mug", "Other", 300, 1, (), ""),
    }
    assert products.by_id["40"].status is Status.DRAFT
    assert outcomes(report) == [Outcome.CREATED] * 4


def test_square() -> None:
    products, report = imported_from("square.csv")

    assert {key: of(product) for key, product in products.by_id.items()} == {
        "SCARF-RED": ("Wool scarf – Red", "Scarves", 1450, 7, (), KNITTED),
        "7QXSCARFBLUE": ("Wool scarf – Blue", "Scarves", 1450, 1, (), KNITTED),
        "TEAPOT": ("Enamel teapot", "Other", 125_000, 2, (), ""),
    }
    assert products.by_id["TEAPOT"].status is Status.ARCHIVED
    assert messages(report).keys() == {5}
    assert messages(report)[5].keys() == {"Price"}


def test_etsy() -> None:
    products, report = imported_from("etsy.csv")

    mug, scarf = sorted(products.by_id.values(), key=lambda product: product.name)
    assert of(scarf) == (
        "Hand-knitted scarf",
        "Other",
        1450,
        7,
        ("wool scarf", "winter gift"),
        "Soft wool.\n\nShips in two days & comes in a bag.",
    )
    assert (mug.product_id, of(mug)) == ("MUG-7", ("Ceramic mug", "Other", 1200, 1, ("mug",), "Thrown by hand."))
    assert list(messages(report).values()) == [{"CURRENCY_CODE": "must be GBP, the shop's only currency"}]


def test_ebay() -> None:
    products, report = imported_from("ebay.csv")

    assert {key: of(product) for key, product in products.by_id.items()} == {
        "TEAPOT": ("Enamel teapot", "Teapots", 950, 4, (), ""),
        "SCARF-RED": ("Wool scarf – Red / L", "Scarves & Wraps", 1450, 5, (), ""),
        "256000000002-Blue-L": ("Wool scarf – Blue / L", "Scarves & Wraps", 1500, 3, (), ""),
        "256000000003": ("Signed print", "Art Prints", 2200, 1, (), ""),
    }
    assert outcomes(report) == [Outcome.CREATED] * 4


def test_google() -> None:
    products, _ = imported_from("google.tsv")

    assert {key: of(product) for key, product in products.by_id.items()} == {
        "SCARF-RED": ("Wool scarf – Red / L", "Scarves", 1450, 1, (), KNITTED),
        "SCARF-BLUE": ("Wool scarf, blue – L", "Other", 1450, 0, (), KNITTED),
        "TEAPOT": ("Enamel teapot", "Teapots", 950, 1, (), "Blue enamel."),
    }


@pytest.mark.parametrize("name", sorted(path.name for path in EXPORTS.iterdir()))
def test_broken_row_of_any_system_is_that_row_s_error(name: str) -> None:
    content = (EXPORTS / name).read_bytes()

    report = imported(content + b'"\nfew', FakeProducts())

    assert messages(report)[max(line.line for line in report.lines)].keys() == {"line"}
    assert report.count(Outcome.CREATED) >= 2
