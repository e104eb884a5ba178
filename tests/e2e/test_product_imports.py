"""Imports of many products, through the gateway."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import requests

from tests.commerce.imports.broken_lines import thousand_lines
from tests.commerce.imports.files import HEADER, a_file, a_line
from tests.e2e.clients import Api, User, is_problem

pytestmark = pytest.mark.platform

ROOT = Path(__file__).parents[2]
CSV = {"Content-Type": "text/csv"}


@pytest.fixture
def shop(commerce: Callable[..., Api], admin: User) -> Api:
    return commerce(admin)


def send(shop: Api, body: bytes, **headers: str) -> requests.Response:
    return shop("POST", "/products/imports", data=body, headers=CSV | headers)


def test_of_a_thousand_lines_963_are_in_and_37_explained(shop: Api) -> None:
    run = uuid4().hex[:12]
    lines, wrong = thousand_lines(lambda name: a_line(f"{run}-{name}", f"Import {run}"))
    body = a_file(*lines)

    started = time.monotonic()
    first = send(shop, body)
    took = time.monotonic() - started
    report = first.json()
    again = send(shop, body).json()
    print(f"1,000 lines: {took:.1f} s, again {time.monotonic() - started - took:.1f} s")  # noqa: T201  measured, not asserted

    assert first.status_code == 200
    assert (report["created"], report["failed"], report["notTried"]) == (963, 37, 0)
    explained = {
        line["line"]: {error["column"] for error in line["errors"]} for line in report["lines"] if line["errors"]
    }
    assert explained == wrong
    assert (again["unchanged"], again["failed"], again["updated"], again["created"]) == (963, 37, 0, 0)
    item = shop.get(f"/products/{run}-item-0").json()
    assert (item["version"], item["price"]) == (1, {"amount": 250, "currency": "GBP"})


def test_changed_line_is_a_new_version_and_an_archived_product_stays_archived(shop: Api) -> None:
    run = uuid4().hex[:12]
    send(shop, a_file(a_line(f"{run}-a"), a_line(f"{run}-b")))
    shop("DELETE", f"/products/{run}-b")

    report = send(shop, a_file(a_line(f"{run}-a", price="3"), a_line(f"{run}-b", price="3"))).json()

    assert [line["outcome"] for line in report["lines"]] == ["updated", "failed"]
    assert report["lines"][1]["errors"][0]["column"] == "status"
    assert shop.get(f"/products/{run}-a").json()["version"] == 2
    assert shop.get(f"/products/{run}-b").json()["status"] == "archived"


def test_writing_of_any_kind_arrives_as_it_was_sent(shop: Api) -> None:
    run = uuid4().hex[:12]
    names = ["=HYPERLINK(1)", "<script>alert(1)</script>", "كوب \u202e cup", "Tasse à café 🫖"]
    lines = [a_line(f"{run}-{number}", name) for number, name in enumerate(names)]

    report = send(shop, b"\xef\xbb\xbf" + a_file(*lines), **{"Content-Type": "text/csv; charset=utf-8"}).json()

    assert report["created"] == 4
    assert [shop.get(f"/products/{run}-{number}").json()["name"] for number in range(4)] == names


def test_json_is_imported_too(shop: Api) -> None:
    run = uuid4().hex[:12]
    item = {"sku": f"{run}-a", "name": "Cup", "category": "Homeware", "price": "2.50", "stock": 1}

    answer = shop("POST", "/products/imports", json=[item, item | {"pricee": 1}, 7])

    assert [line["outcome"] for line in answer.json()["lines"]] == ["created", "failed", "failed"]


@pytest.mark.parametrize(
    ("body", "media_type", "status"),
    [
        (b"name,categroy,price", "text/csv", 422),
        (b"", "text/csv", 422),
        (b"\xff\xfen\x00a\x00", "text/csv", 400),
        (HEADER.encode() + b"\n" + b"x" * 5_500_000, "text/csv", 413),
        (b"[NaN]", "application/json", 400),
        (b"{}", "application/json", 422),
        (b"x", "text/plain", 415),
    ],
)
def test_file_that_cannot_be_read_is_a_problem(shop: Api, body: bytes, media_type: str, status: int) -> None:
    is_problem(send(shop, body, **{"Content-Type": media_type}), status)


def test_lost_characters_are_reported_by_line(shop: Api) -> None:
    report: dict[str, Any] = send(shop, "name,category,price\nCafé,Food,1".encode("latin-1")).json()

    assert "UTF-8" in report["lines"][0]["errors"][0]["message"]


def test_supporters_import_nothing(commerce: Callable[..., Api], supporter: User) -> None:
    is_problem(send(commerce(supporter), a_file(a_line("cup"))), 403)
    is_problem(send(commerce(), a_file(a_line("cup"))), 401)


def test_sample_file_is_sound(shop: Api) -> None:
    report = send(shop, (ROOT / "docs/product-imports.csv").read_bytes()).json()

    assert (report["failed"], len(report["lines"])) == (0, 4)
