"""Files of products as tests need them, and what becomes of them."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

from commerce.imports.domain.csv_file import read_csv
from commerce.imports.domain.importing import Importer, ProductStore
from commerce.imports.domain.json_file import read_items
from commerce.imports.domain.reporting import Outcome, Report
from commerce.imports.requests import line_validator
from shared.resilience.deadline import Deadline
from tests.commerce.examples import NOW

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
    now: datetime = NOW,
    deadline: Deadline | None = None,
    is_trial: bool = False,
) -> Report:
    """The report on a CSV text, or on a JSON value; the shop sells in pounds."""
    records = read_csv(body) if isinstance(body, bytes) else read_items(json.loads(json.dumps(body)))
    with ThreadPoolExecutor(4) as threads:
        importer = Importer(products, threads, lambda: now)
        return importer.run(records, line_validator("GBP"), deadline or Deadline(60), is_trial=is_trial)


def outcomes(report: Report) -> list[Outcome]:
    return [line.outcome for line in report.lines]


def messages(report: Report) -> dict[int, dict[str, str]]:
    """Of every line with errors, the message by the column."""
    return {line.line: {error.column: error.message for error in line.errors} for line in report.lines if line.errors}


def notes(report: Report) -> dict[int, dict[str, str]]:
    """Of every line with notes, the message by the column."""
    return {line.line: {note.column: note.message for note in line.notes} for line in report.lines if line.notes}
