"""Imports of many products, through the gateway."""

import csv
import io
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import requests

from tests.commerce.imports.broken_lines import thousand_lines
from tests.commerce.imports.files import HEADER, a_file, a_line
from tests.e2e.clients import Api, User, eventually, is_problem

pytestmark = pytest.mark.platform

ROOT = Path(__file__).parents[2]
CSV = {"Content-Type": "text/csv"}


@pytest.fixture
def shop(commerce: Callable[..., Api], admin: User) -> Api:
    return commerce(admin)


def ended(shop: Api, import_id: str) -> dict[str, Any]:
    """The answer about an import, once it has ended."""
    answers: list[dict[str, Any]] = []

    def has_ended() -> bool:
        answers.append(shop.get(f"/products/imports/{import_id}").json())
        return answers[-1]["status"] in {"done", "failed"}

    eventually(has_ended, 120)
    return answers[-1]


def reported(shop: Api, answer: requests.Response) -> dict[str, Any]:
    """What became of all lines: at once, or in the background where the machine is busy."""
    if answer.status_code == 200:
        return dict(answer.json())
    assert answer.status_code == 202, answer.text
    page = ended(shop, answer.json()["importId"])
    assert page["status"] == "done"
    report, lines = page, list(page["lines"])
    while page["nextCursor"]:
        page = shop.get(f"/products/imports/{report['importId']}?cursor={page['nextCursor']}").json()
        lines += page["lines"]
    return report | {"lines": sorted(lines, key=lambda line: line["line"])}


def exported(shop: Api, run: str) -> list[list[str]]:
    """The header, and the rows of a test's products."""
    answer = shop.get("/products/export")
    assert answer.status_code == 200
    header, *rows = csv.reader(io.StringIO(answer.text, newline=""))
    return [header, *(row for row in rows if row[0].startswith(run))]


def send(shop: Api, body: bytes, **headers: str) -> requests.Response:
    return shop("POST", "/products/imports", data=body, headers=CSV | headers)


def test_of_a_thousand_lines_963_are_in_and_37_explained(shop: Api) -> None:
    run = uuid4().hex[:12]
    lines, wrong = thousand_lines(lambda name: a_line(f"{run}-{name}", f"Import {run}"))
    body = a_file(*lines)

    started = time.monotonic()
    report = reported(shop, send(shop, body))
    took = time.monotonic() - started
    again = reported(shop, send(shop, body))
    print(f"1,000 lines: {took:.1f} s, again {time.monotonic() - started - took:.1f} s")  # noqa: T201  measured, not asserted

    assert (report["created"], report["failed"]) == (963, 37)
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
        (b"\xff\xfen\x00a\x00", "text/csv", 422),
        (b"\x00", "text/csv", 400),
        (b"PK\x03\x04", "application/vnd.ms-excel", 415),
        (b'sku,name,category,price\na,A,B,1.50\nb,B,B,"2,50"', "text/csv", 422),
        (HEADER.encode() + b"\n" + b"x" * 4_300_000, "text/csv", 413),
        (b"[NaN]", "application/json", 400),
        (b"{}", "application/json", 422),
        (b"x", "text/plain", 415),
    ],
)
def test_file_that_cannot_be_read_is_a_problem(shop: Api, body: bytes, media_type: str, status: int) -> None:
    is_problem(send(shop, body, **{"Content-Type": media_type}), status)


def test_what_excel_saves_arrives_as_it_was_written(shop: Api) -> None:
    run = uuid4().hex[:12]
    file = f"sku;name;category;price;stock\n{run};Café – “Noël”;Food;£1.200,50;1\n".encode("cp1252")
    headers = {"Content-Type": "application/vnd.ms-excel"}

    trial = shop("POST", "/products/imports?dryRun=true", data=file.replace(b"\xa3", b""), headers=headers).json()
    is_problem(shop.get(f"/products/{run}"), 404)
    report = send(shop, file, **headers).json()

    assert trial == report
    product = shop.get(f"/products/{run}").json()
    assert (product["name"], product["price"]["amount"]) == ("Café – “Noël”", 120_050)


def test_counted_stock_is_set_whatever_was_sold(shop: Api) -> None:
    run = uuid4().hex[:12]
    send(shop, a_file(a_line(f"{run}-a"), a_line(f"{run}-b")))
    shop("POST", f"/products/{run}-a/stock", json={"change": -1, "reason": "Broken"})

    report = send(shop, f"sku,stock\n{run}-a,7\n{run}-b,2\n{run}-c,1\n".encode()).json()
    again = send(shop, f"sku,stock\n{run}-a,7\n".encode()).json()

    assert [line["outcome"] for line in report["lines"]] == ["updated", "unchanged", "failed"]
    assert again["unchanged"] == 1
    found = shop.get(f"/products/{run}-a").json()
    assert (found["stock"], found["version"]) == (7, 1)


def test_large_file_goes_on_in_the_background(shop: Api) -> None:
    run = uuid4().hex[:12]
    lines = [a_line(f"{run}-{number}", price="-1" if number == 700 else "2.50") for number in range(1_100)]

    started = send(shop, a_file(*lines))
    done = ended(shop, started.json()["importId"])

    assert started.status_code == 202
    assert (done["status"], done["total"], done["created"], done["failed"]) == ("done", 1_100, 1_099, 1)
    failed = shop.get(f"/products/imports/{done['importId']}?outcome=failed").json()
    assert [line["productId"] for line in failed["lines"]] == [f"{run}-700"]
    second = shop.get(f"/products/imports/{done['importId']}?cursor={done['nextCursor']}").json()
    assert [line["line"] for line in second["lines"]] == list(range(502, 1_002))
    assert shop.get(f"/products/{run}-1099").json()["price"]["amount"] == 250


def test_whatever_the_load_every_line_of_every_file_is_in(shop: Api) -> None:
    run = uuid4().hex[:12]
    files = [a_file(*(a_line(f"{run}-{number}-{line}") for line in range(900))) for number in range(2)]

    with ThreadPoolExecutor(len(files)) as threads:
        answers = list(threads.map(lambda file: send(shop, file), files))
    reports = [reported(shop, answer) for answer in answers]
    print(f"2 × 900 lines at once: {[answer.status_code for answer in answers]}")  # noqa: T201  as the machine has it

    assert [(report["created"], len(report["lines"])) for report in reports] == [(900, 900)] * len(files)


def test_file_is_uploaded_by_a_form(shop: Api) -> None:
    run = uuid4().hex[:12]
    offered = shop("POST", "/products/imports/uploads", json={"contentType": "text/csv", "size": 1_000}).json()
    form = offered["upload"]

    content = a_file(a_line(f"{run}-a"), a_line(f"{run}-b", price="x"))
    uploaded = requests.post(form["url"], form["fields"], files={"file": content}, timeout=10)
    done = ended(shop, offered["importId"])

    assert uploaded.status_code == 204
    assert (done["status"], done["created"], done["failed"]) == ("done", 1, 1)
    too_large = requests.post(form["url"], form["fields"], files={"file": b"x" * 1_001}, timeout=10)
    assert too_large.status_code == 400


def test_what_is_exported_changes_nothing_when_it_is_imported(shop: Api) -> None:
    run = uuid4().hex[:12]
    send(shop, a_file(a_line(f"{run}-a", "'=1+1"), f'{run}-b,donation,=A1,,Gifts,"a;b",3,,,draft'))
    eventually(lambda: len(exported(shop, run)) == 3)  # the index follows the table
    rows = exported(shop, run)

    text = io.StringIO()
    csv.writer(text).writerows(rows)
    report = send(shop, text.getvalue().encode()).json()

    assert {row[2] for row in rows[1:]} == {"'=1+1", "'=A1"}
    assert (report["unchanged"], len(report["lines"])) == (2, 2)
    assert shop.get(f"/products/{run}-a").json()["name"] == "=1+1"


@pytest.mark.parametrize(
    ("name", "created", "failed"),
    [
        ("shopify.csv", 4, 0),
        ("shopify_2025.csv", 2, 0),
        ("woocommerce.csv", 4, 0),
        ("square.csv", 3, 1),
        ("etsy.csv", 2, 1),
        ("ebay.csv", 4, 0),
        ("google.tsv", 3, 0),
    ],
)
def test_exports_of_other_systems_are_understood(shop: Api, name: str, created: int, failed: int) -> None:
    content = (ROOT / "tests/commerce/imports/exports" / name).read_bytes()

    report = shop("POST", "/products/imports?dryRun=true", data=content, headers=CSV).json()

    assert (report["created"], report["failed"]) == (created, failed)


def test_supporters_import_nothing(commerce: Callable[..., Api], supporter: User) -> None:
    is_problem(send(commerce(supporter), a_file(a_line("cup"))), 403)
    is_problem(send(commerce(), a_file(a_line("cup"))), 401)


def test_sample_file_is_sound(shop: Api) -> None:
    report = send(shop, (ROOT / "docs/product-imports.csv").read_bytes()).json()

    assert (report["failed"], len(report["lines"])) == (0, 4)
