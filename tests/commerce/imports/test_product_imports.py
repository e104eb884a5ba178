import base64
import json
import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest

from commerce.imports import wiring
from commerce.imports.handlers.product_imports import handler
from commerce.imports.handlers.start_uploaded_import import handler as start_uploaded
from commerce.imports.handlers.work_on_imports import handler as work_on_imports
from local.workspace import ROOT
from shared.http.cursors import Cursors
from tests.commerce.calls import ADMIN, call
from tests.commerce.catalogue.fakes import FakeProducts
from tests.commerce.examples import a_product
from tests.commerce.imports.background import Background
from tests.commerce.imports.files import HEADER, a_file, a_line, an_importer
from tests.shared.gateway_events import access_claims, rest_event
from tests.shared.lambda_context import CONTEXT

pytestmark = pytest.mark.usefixtures("edge", "background")

MAX_BYTES = 4 * 1024 * 1024


@pytest.fixture
def background(products: FakeProducts, monkeypatch: pytest.MonkeyPatch) -> Background:
    threads = ThreadPoolExecutor(4)
    background = Background()
    background.products = products
    monkeypatch.setattr(wiring, "accepting", lambda: background.accepting(an_importer(products, threads)))
    monkeypatch.setattr(wiring, "cursors", lambda: Cursors("a key for tests"))
    monkeypatch.setattr(wiring, "starter", lambda: background.starter)
    monkeypatch.setattr(wiring, "imports", lambda: background.imports)
    monkeypatch.setattr(wiring, "files", lambda: background.files)
    monkeypatch.setattr(wiring, "worker", background.worker)
    return background


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


@pytest.mark.parametrize("media_type", ["", "text/plain", "application/zip", "multipart/form-data"])
def test_other_types_are_not_read(media_type: str) -> None:
    assert send("x", media_type)[0] == 415


@pytest.mark.parametrize(
    ("media_type", "encoding"),
    [
        ("application/vnd.ms-excel", "cp1252"),
        ("text/csv", "cp1252"),
        ("text/csv; charset=windows-1252", "cp1252"),
        ("text/csv", "utf-16"),
    ],
)
def test_csv_is_read_in_the_encodings_of_spreadsheets(products: FakeProducts, media_type: str, encoding: str) -> None:
    assert send(a_file(a_line("cup", "Tasse à café – £")).decode().encode(encoding), media_type)[0] == 200
    assert products.by_id["cup"].name == "Tasse à café – £"


def test_file_with_tabs_is_read(products: FakeProducts) -> None:
    body = "sku\tname\tcategory\tprice\tstock\ncup\tCup\tHomeware\t£2.50\t1"

    assert send(body, "text/tab-separated-values")[1]["created"] == 1
    assert products.by_id["cup"].price.amount == 250


def test_csv_in_another_encoding_is_refused_by_what_it_says() -> None:
    status, problem = send(a_file(a_line("cup")), "text/csv; charset=shift_jis")

    assert status == 415
    assert "UTF-8" in problem["detail"]


@pytest.mark.parametrize("beginning", [b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"])
def test_workbook_is_refused_with_what_to_do(beginning: bytes) -> None:
    status, problem = send(beginning + b"x" * 100, "application/vnd.ms-excel")

    assert status == 415
    assert "save it as CSV" in problem["detail"]


@pytest.mark.parametrize("groups", [None, "staff", "finance"])
def test_nobody_but_admins_imports(products: FakeProducts, groups: str | None) -> None:
    assert send("not even read", claims=access_claims("ada", groups))[0] == 403
    assert send(a_file(a_line("cup")), claims=None)[0] == 401
    assert products.by_id.keys() == {"teapot"}


class TestInTheBackground:
    def test_large_file_goes_on(self, products: FakeProducts, background: Background) -> None:
        lines = [a_line(f"cup-{number}", price="-1" if number == 900 else "2.50") for number in range(1_001)]

        status, started = send(a_file(*lines).decode())

        assert status == 202
        assert (started["status"], started["total"], started["done"]) == ("queued", None, 0)
        assert background.queue.messages == [started["importId"]]
        assert products.by_id.keys() == {"teapot"}

        assert work(started["importId"]) == {"batchItemFailures": []}

        done = read(started["importId"])
        counts = {name: done[name] for name in ("status", "total", "done", "created", "failed", "problem", "dryRun")}
        assert counts == {
            "status": "done", "total": 1_001, "done": 1_001, "created": 1_000, "failed": 1, "problem": None,
            "dryRun": False,
        }  # fmt: skip
        assert [line["line"] for line in done["lines"]] == list(range(2, 502))
        second = read(started["importId"], cursor=done["nextCursor"])
        third = read(started["importId"], cursor=second["nextCursor"])
        assert (len(second["lines"]), len(third["lines"]), third["nextCursor"]) == (500, 1, None)
        failed = read(started["importId"], outcome="failed")
        assert ([line["line"] for line in failed["lines"]], failed["nextCursor"]) == ([902], None)

    def test_dry_run_of_a_large_file_changes_nothing(self, products: FakeProducts) -> None:
        body = a_file(*(a_line(f"cup-{number}") for number in range(1_001))).decode()
        status, started = send(body, multiValueQueryStringParameters={"dryRun": ["true"]})
        work(started["importId"])

        assert (status, read(started["importId"])["created"]) == (202, 1_001)
        assert products.by_id.keys() == {"teapot"}

    def test_header_of_a_large_file_is_refused_at_once(self, background: Background) -> None:
        assert send("name,categroy,price\n" + "A,B,1\n" * 2_000)[0] == 422
        assert background.queue.messages == []

    def test_file_is_uploaded_by_a_form(self, products: FakeProducts, background: Background) -> None:
        wanted = {"contentType": "text/csv", "size": 1_000}
        status, offered = call(handler, "POST /products/imports/uploads", wanted, claims=ADMIN)
        assert status == 201
        assert offered["upload"]["fields"]["key"] == f"uploads/{offered['importId']}"
        assert read(offered["importId"])["status"] == "waiting"

        background.files.upload(offered["importId"], a_file(a_line("cup")))
        event = json.loads((ROOT / "events/commerce/start_uploaded_import.json").read_text())
        event["detail"]["object"]["key"] = f"uploads/{offered['importId']}"
        start_uploaded(event, CONTEXT)
        work(offered["importId"])

        assert read(offered["importId"])["created"] == 1
        assert "cup" in products.by_id

    def test_uploaded_file_that_is_not_usable_says_why(self, background: Background) -> None:
        wanted = {"contentType": "text/csv", "size": 1_000}
        offered = call(handler, "POST /products/imports/uploads", wanted, claims=ADMIN)[1]
        background.files.upload(offered["importId"], b"name,categroy,price\n")
        background.starter.start_uploaded(offered["importId"], datetime.now(UTC))
        work(offered["importId"])

        failed = read(offered["importId"])

        assert failed["status"] == "failed"
        assert failed["problem"]["errors"][0]["field"] == "categroy"

    @pytest.mark.parametrize(
        "wanted",
        [
            {"contentType": "text/plain", "size": 1},
            {"contentType": "text/csv", "size": 50 * 1024 * 1024 + 1},
            {"contentType": "text/csv", "size": 0},
        ],
    )
    def test_unusable_uploads_are_refused(self, wanted: dict[str, Any]) -> None:
        assert call(handler, "POST /products/imports/uploads", wanted, claims=ADMIN)[0] == 422

    @pytest.mark.parametrize("groups", [None, "staff", "finance"])
    def test_nobody_but_admins_sees_imports(self, groups: str | None) -> None:
        claims = access_claims("ada", groups)
        assert call(handler, "GET /products/imports/{importId}", claims=claims, importId="i1")[0] == 403
        assert call(handler, "POST /products/imports/uploads", {}, claims=claims)[0] == 403

    def test_import_that_there_is_not_is_not_found(self) -> None:
        assert call(handler, "GET /products/imports/{importId}", claims=ADMIN, importId="i1")[0] == 404

    def test_file_that_is_gone_is_a_reason(self, background: Background) -> None:
        body = a_file(*(a_line(f"cup-{number}") for number in range(1_001))).decode()
        import_id = send(body)[1]["importId"]
        background.files.files.clear()

        assert work(import_id) == {"batchItemFailures": []}
        assert read(import_id)["status"] == "failed"


def read(import_id: str, **query: str) -> Any:
    """The answer about an import."""
    status, answer = call(handler, "GET /products/imports/{importId}", claims=ADMIN, query=query, importId=import_id)
    assert status == 200, answer
    return answer


def work(import_id: str) -> object:
    [sample] = json.loads((ROOT / "events/commerce/work_on_imports.json").read_text())["Records"]
    return work_on_imports({"Records": [sample | {"body": json.dumps({"importId": import_id})}]}, CONTEXT)


def test_no_product_is_called_what_a_route_is_called(products: FakeProducts) -> None:
    routes = (ROOT / "commerce/template.yaml").read_text()
    taken = set(re.findall(r'Path: "?/\S*(?:products|items)/([\w-]+)', routes))
    assert taken == {"imports", "export"}

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
        (b"\xff\xfe", "text/csv", 422),
        ("x" * MAX_BYTES, "text/csv", 422),
        ("x" * (MAX_BYTES + 1), "text/csv", 413),
        ("," * 100_000, "text/csv", 422),
        (HEADER + "\n" + "x" * 10_000_000, "text/csv", 413),
        (HEADER + '\n"' + "x" * 4_000_000, "text/csv", 200),
        (HEADER + "\n" + "," * 4_000_000, "text/csv", 200),
        (HEADER + "\n" + "x,\n" * 100_001, "text/csv", 422),
        (HEADER + "\n" * 4_000_000, "text/csv", 422),
        ("", "application/json", 400),
        ("[", "application/json", 400),
        ("[NaN]", "application/json", 400),
        ('["\\ud800"]', "application/json", 400),
        ("[" * 100, "application/json", 400),
        ('[{"a":1,"a":2}]', "application/json", 400),
        (json.dumps([{"price": 10**100}]), "application/json", 200),
        ('[{"price": 1e400}]', "application/json", 400),
        ("[" + ",".join(["1"] * 100_001) + "]", "application/json", 422),
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
