"""Files of products as tests need them, and what becomes of them."""

import json
from collections.abc import Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

from commerce.imports.domain.csv_file import read_csv
from commerce.imports.domain.grouping import grouped, in_order
from commerce.imports.domain.importing import Importer, ProductStore, Provenance
from commerce.imports.domain.json_file import read_items
from commerce.imports.domain.price_format import with_plain_prices
from commerce.imports.domain.reporting import Outcome, Report
from commerce.imports.requests import line_validator
from commerce.stock.domain.recounting import Recounts
from shared.resilience.deadline import Deadline
from shared.text.csv_file import Record
from tests.commerce.catalogue.fakes import FakeProducts
from tests.commerce.examples import NOW
from tests.commerce.stock.fakes import FakeStockLedger
from tests.shared.persistence.fake_transactions import FakeTransaction

LATER = NOW + timedelta(days=1)
TEAPOT: dict[str, Any] = {"productId": "teapot", "name": "Enamel teapot", "category": "Homeware", "price": "8.50"}
HEADER = "productId,kind,name,description,category,tags,price,currency,stock,status"


def a_file(*lines: str, header: str = HEADER) -> bytes:
    return "\n".join([header, *lines]).encode()


def a_line(product_id: str, name: str = "China cup", price: str = "2.50", stock: str = "2") -> str:
    return f"{product_id},goods,{name},With a saucer.,Homeware,kitchen;blue,{price},GBP,{stock},"


def imported(
    body: bytes | object,
    products: ProductStore,
    *,
    import_id: str = "import-1",
    now: datetime = NOW,
    deadline: Deadline | None = None,
    is_trial: bool = False,
) -> Report:
    """The report on a CSV text, or on a JSON value; the shop sells in pounds."""
    records = prepared(read_csv(body) if isinstance(body, bytes) else read_items(json.loads(json.dumps(body))))
    with ThreadPoolExecutor(4) as threads:
        importer = an_importer(products, threads)
        provenance = Provenance(import_id, "tom", now)
        return importer.run(records, line_validator("GBP"), provenance, deadline or Deadline(60), is_trial=is_trial)


def prepared(records: Sequence[Record]) -> list[Record]:
    """As an import prepares what it has read."""
    return in_order(grouped(with_plain_prices(records, "GBP"), line_validator("GBP")))


def an_importer(products: ProductStore, threads: Executor, grace_seconds: float = 5.0) -> Importer:
    """Of this catalogue; counts of its stock are for one in memory."""
    ledger = FakeStockLedger(products if isinstance(products, FakeProducts) else FakeProducts())
    recounts = Recounts(ledger=ledger, begin=FakeTransaction)
    return Importer(products, recounts, threads, grace_seconds)


def outcomes(report: Report) -> list[Outcome]:
    return [line.outcome for line in report.lines]


def messages(report: Report) -> dict[int, dict[str, str]]:
    """Of every line with errors, the message by the column."""
    return {line.line: {error.column: error.message for error in line.errors} for line in report.lines if line.errors}


def notes(report: Report) -> dict[int, dict[str, str]]:
    """Of every line with notes, the message by the column."""
    return {line.line: {note.column: note.message for note in line.notes} for line in report.lines if line.notes}
