import base64
import json
import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from commerce.imports import wiring
from commerce.imports.domain.importing import Importer
from commerce.imports.handlers.product_imports import handler
from local.workspace import ROOT
from tests.commerce.calls import ADMIN
from tests.commerce.catalogue.fakes import FakeProducts
from tests.commerce.examples import NOW, a_product
from tests.commerce.imports.files import HEADER, a_file, a_line
from tests.shared.gateway_events import access_claims, rest_event
from tests.shared.lambda_context import CONTEXT

pytestmark = pytest.mark.usefixtures("edge", "importer")

MAX_BYTES = 5 * 1024 * 1024


@pytest.fixture
def importer(products: FakeProducts, monkeypatch: pytest.MonkeyPatch) -> None:
    threads = ThreadPoolExecutor(4)
    monkeypatch.setattr(wiring, "importer", lambda: Importer(products, threads, lambda: NOW))
    monkeypatch.setattr(wiring, "currency", lambda: "GBP")


def send(
    body: str | bytes, media_type: str = "text/csv", claims: Mapping[str, Any] | None = ADMIN, **event: Any
) -> tuple[int, Any]:
    """The status and the body of the answer; bytes are sent in base64, as the gateway does with what is no text."""
    text = body if isinstance(body, str) else base64.b64encode(body).decode()
    event_sent = rest_event(claims, None, {"Content-Type": media_type}, "/products/imports", method="POST", body=text)
    answer = handler(event_sent | {"isBase64Encoded": isinstance(body, bytes)} | event, CONTEXT)
    return answer["statusCode"], json.loads(answer["body"])


def test_report_tells_of_every_line(products: FakeProducts) -> None:
    lines = [a_line("cup"), a_line("pot", price="-1"), a_line("cup"), "teapot,,Enamel teapot,,Homeware,,9,,,"]

    status, report = send(a_file(*lines).decode())

    assert (status, report) == (
        200,
        {
            "created": 1,
            "updated": 1,
            "unchanged": 1,
            "failed": 1,
            "notTried": 0,
            "lines": [
                {"line": 2, "productId": "cup", "outcome": "created", "errors": [], "notes": []},
                {
                    "line": 3,
                    "productId": "pot",
                    "outcome": "failed",
                    "errors": [
                        {
                            "column": "price",
                            "message": "must be a number such as 12.99: digits and a point, nothing else",
                        }
                    ],
                    "notes": [],
                },
                {"line": 4, "productId": "cup", "outcome": "unchanged", "errors": [], "notes": []},
                {"line": 5, "productId": "teapot", "outcome": "updated", "errors": [], "notes": []},
            ],
        },
    )
    assert products.by_id["teapot"].images == a_product().images


@pytest.mark.parametrize("dry_run", ["false", "true"])
def test_report_tells_of_a_stock_that_was_left_alone(products: FakeProducts, dry_run: str) -> None:
    sold = products.move("teapot", -1)
    file = a_file("teapot,Enamel teapot,Homeware,8.50,4", header="sku,name,category,price,stock")

    _, report = send(file.decode(), multiValueQueryStringParameters={"dryRun": [dry_run]})

    message = "has moved and is 3 now: leave it out, and change it by POST /products/{productId}/stock"
    assert report["lines"] == [
        {
            "line": 2,
            "productId": "teapot",
            "outcome": "unchanged",
            "errors": [],
            "notes": [{"column": "stock", "message": message}],
        }
    ]
    assert products.by_id["teapot"] == sold


def test_dry_run_reports_the_same_and_changes_nothing(products: FakeProducts) -> None:
    file = a_file(a_line("cup"), a_line("pot", price="-1"), "teapot,,Enamel teapot,,Homeware,,9,,,").decode()
    before = dict(products.by_id)

    trial = send(file, multiValueQueryStringParameters={"dryRun": ["true"]})

    assert products.by_id == before
    assert trial == send(file)
    assert products.by_id != before
    assert send(file, multiValueQueryStringParameters={"dryRun": ["yes"]})[0] == 422


@pytest.mark.parametrize(
    "media_type", ["text/csv", "Text/CSV; charset=utf-8", 'text/csv;header=present;charset="UTF-8"']
)
@pytest.mark.parametrize("as_bytes", [True, False])
def test_csv_comes_as_text_or_as_bytes(products: FakeProducts, media_type: str, as_bytes: bool) -> None:
    body = b"\xef\xbb\xbf" + a_file(a_line("cup", "Tasse à café"))

    assert send(body if as_bytes else body.decode(), media_type)[0] == 200
    assert products.by_id["cup"].name == "Tasse à café"


def test_json_says_the_same(products: FakeProducts) -> None:
    item = {
        "productId": "cup",
        "name": "Cup",
        "category": "Homeware",
        "price": {"amount": 250, "currency": "GBP"},
        "stock": 1,
    }

    status, report = send(json.dumps({"items": [item, item | {"price": None, "amount": 250}]}), "application/json")

    assert (status, [line["outcome"] for line in report["lines"]]) == (200, ["created", "unchanged"])
    assert products.by_id["cup"].price.amount == 250


@pytest.mark.parametrize("media_type", ["", "text/plain", "application/vnd.ms-excel", "multipart/form-data"])
def test_other_types_are_not_read(media_type: str) -> None:
    assert send("x", media_type)[0] == 415


def test_csv_in_another_encoding_is_refused_by_what_it_says() -> None:
    status, problem = send(a_file(a_line("cup")), "text/csv; charset=iso-8859-1")

    assert status == 415
    assert "UTF-8" in problem["detail"]


@pytest.mark.parametrize("groups", [None, "staff", "finance"])
def test_nobody_but_admins_imports(products: FakeProducts, groups: str | None) -> None:
    assert send("not even read", claims=access_claims("ada", groups))[0] == 403
    assert send(a_file(a_line("cup")), claims=None)[0] == 401
    assert products.by_id.keys() == {"teapot"}


def test_no_product_is_called_what_a_route_is_called(products: FakeProducts) -> None:
    routes = (ROOT / "commerce/template.yaml").read_text()
    taken = set(re.findall(r'Path: "?/\S*(?:products|items)/([\w-]+)', routes))
    assert "imports" in taken

    report = send(a_file(*(a_line(word) for word in taken)))[1]

    assert report["failed"] == len(taken)
    assert products.by_id.keys() == {"teapot"}


def test_header_is_explained_by_its_columns() -> None:
    status, problem = send("name,categroy,price\n")

    assert status == 422
    assert problem["errors"][0] == {
        "field": "categroy",
        "message": "is not a column of products; did you mean category?",
    }


@pytest.mark.parametrize(
    ("body", "media_type", "status"),
    [
        ("", "text/csv", 422),
        ("\x00", "text/csv", 400),
        ("\ud800", "text/csv", 400),
        (b"\xff\xfe", "text/csv", 400),
        ("x" * MAX_BYTES, "text/csv", 422),
        ("x" * (MAX_BYTES + 1), "text/csv", 413),
        ("," * 100_000, "text/csv", 422),
        (HEADER + "\n" + "x" * 10_000_000, "text/csv", 413),
        (HEADER + '\n"' + "x" * 5_000_000, "text/csv", 200),
        (HEADER + "\n" + "," * 5_000_000, "text/csv", 200),
        (HEADER + "\n" + "x,\n" * 5_001, "text/csv", 422),
        (HEADER + "\n" * 5_000_000, "text/csv", 422),
        ("", "application/json", 400),
        ("[", "application/json", 400),
        ("[NaN]", "application/json", 400),
        ('["\\ud800"]', "application/json", 400),
        ("[" * 100, "application/json", 400),
        ('[{"a":1,"a":2}]', "application/json", 400),
        (json.dumps([{"price": 10**100}]), "application/json", 200),
        ('[{"price": 1e400}]', "application/json", 400),
        ("[" + ",".join(["1"] * 5_001) + "]", "application/json", 422),
        (json.dumps([{f"x{number}": 1 for number in range(100_000)}]), "application/json", 200),
        (json.dumps({"items": [], "more": 1}), "application/json", 422),
        (" " * (MAX_BYTES + 1), "application/json", 413),
    ],
    ids=str,
)
def test_hostile_files_are_refused_or_reported(
    products: FakeProducts, body: str | bytes, media_type: str, status: int
) -> None:
    answered, answer = send(body, media_type)

    assert answered == status
    assert status != 200 or answer["failed"] == 1
    assert products.by_id == {"teapot": a_product()}


def test_body_that_is_no_base64_is_malformed() -> None:
    assert send("***", isBase64Encoded=True)[0] == 400


@pytest.mark.parametrize(
    "name", ["=HYPERLINK(1)", "+1", "@SUM(A1)", "-2+3", "<script>alert(1)</script>", "كوب \u202e cup", "é 🫖"]
)
def test_any_writing_is_kept_as_text(products: FakeProducts, name: str) -> None:
    assert send(a_file(a_line("cup", name)).decode())[1]["created"] == 1
    assert products.by_id["cup"].name == name
