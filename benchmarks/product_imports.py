"""How much faster a file is imported than its lines one by one, with a store that answers in 5 ms.

    python -m benchmarks.product_imports [lines]

One by one is what whoever writes products by PUT does: read it, write it, the next. An import reads a hundred at a time
and writes sixteen at once. Both have the same code for lines, in this process; the ratio is of one run, in turns.
"""

import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from statistics import median

from commerce.catalogue.domain.products import Product
from commerce.imports.domain.importing import Importer, Provenance
from commerce.imports.domain.reporting import Outcome
from commerce.imports.requests import line_validator, read_file
from shared.idempotency.claims import FirstAnswer
from shared.resilience.deadline import Deadline
from shared.text.csv_file import Record
from tests.commerce.catalogue.fakes import FakeProducts
from tests.commerce.imports.files import a_file, a_line, an_importer

_CALL_SECONDS = 0.005
_THREADS = 16
_TURNS = 3
_NOW = datetime(2026, 1, 1, tzinfo=UTC)


class SlowProducts(FakeProducts):
    def find(self, product_id: str) -> Product | None:
        time.sleep(_CALL_SECONDS)
        return super().find(product_id)

    def find_many(self, product_ids: Sequence[str]) -> dict[str, Product]:
        time.sleep(_CALL_SECONDS)
        return super().find_many(product_ids)

    def add(self, product: Product, first_answer: FirstAnswer | None = None) -> None:
        time.sleep(_CALL_SECONDS)
        super().add(product, first_answer)

    def edit(self, seen: Product, edited: Product) -> Product:
        time.sleep(_CALL_SECONDS)
        return super().edit(seen, edited)


def main() -> None:
    lines = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    content = a_file(*(a_line(f"cup-{number}") for number in range(lines)))
    ways = {"one by one": one_by_one, f"import, {_THREADS} at once": at_once}
    took: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(_TURNS):
        for name, way in ways.items():
            took[name].append(seconds(partial(way, content)))
    base = median(took["one by one"])
    print(f"{lines:,} lines, {_CALL_SECONDS * 1_000:.0f} ms a call, median of {_TURNS}")
    for name, times in took.items():
        print(f"{name:22}{median(times):7.2f} s{lines / median(times):8.0f} lines a second{median(times) / base:7.2f}")


def one_by_one(content: bytes) -> None:
    with ThreadPoolExecutor(1) as threads:
        importer = an_importer(SlowProducts(), threads)
        for [record] in read_file(content, "text/csv", "GBP"):
            run(importer, [record])


def at_once(content: bytes) -> None:
    records = [record for [record] in read_file(content, "text/csv", "GBP")]
    with ThreadPoolExecutor(_THREADS) as threads:
        run(an_importer(SlowProducts(), threads), records)


def run(importer: Importer, records: list[Record]) -> None:
    report = importer.run(records, line_validator("GBP"), Provenance("i", "tom", _NOW), Deadline(600))
    if report.count(Outcome.CREATED) != len(records):
        raise RuntimeError("not all lines were imported")


def seconds(work: Callable[[], None]) -> float:
    started = time.monotonic()
    work()
    return time.monotonic() - started


if __name__ == "__main__":
    main()
