"""The shop's search over 100,000 products: tantivy in this process, and a node of OpenSearch on this machine.

    python -m benchmarks.product_search_engines [products]

Both answer the same queries alternately. What is measured is the time until the answer: OpenSearch works in a process
of its own, so anything else on the machine slows it down more. Its request cache is emptied before each query, which is
then sent twice: `again` is answered with cached matches and facets, but new highlights. Needs Java and Maven.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import chain
from pathlib import Path

from opensearchpy import OpenSearch

from benchmarks.product_catalogue import drawn_products
from benchmarks.product_search import Ask, Questioner
from commerce.search.adapters.opensearch.client import client_at
from commerce.search.adapters.opensearch.product_finder import OpenSearchProductFinder
from commerce.search.adapters.opensearch.product_index import ALIAS, OpenSearchProductIndex
from commerce.search.adapters.tantivy.product_finder import TantivyProductFinder
from commerce.search.adapters.tantivy.product_index import TantivyProductIndex
from commerce.search.domain.finding import ProductFinder
from commerce.search.domain.following import entry_of
from local.opensearch.process import OpenSearchProcess

_QUERIES = 60  # of each kind
_WARMING = 40  # Java compiles what is called often

type Row = tuple[list[float], list[float], list[float]]


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    products = list(drawn_products(count))
    port = int(os.environ.get("OPENSEARCH_PORT", "4590"))
    with tempfile.TemporaryDirectory() as name, OpenSearchProcess(Path(name), port) as process:
        folder, client = Path(name) / "tantivy", client_at(process.url, read_seconds=60, signed=False)
        print(f"{f'{count:,} products':28} {'tantivy':>10} {'OpenSearch':>10} {'again':>10}")
        indices = TantivyProductIndex(folder), OpenSearchProductIndex(client)
        seconds = [_milliseconds(lambda: index.replace(map(entry_of, products))) / 1000 for index in indices]  # noqa: B023  called at once
        print(f"{'index time, s':28} {seconds[0]:10.1f} {seconds[1]:10.1f}")
        tantivy, opensearch = TantivyProductFinder(folder), OpenSearchProductFinder(client)
        queries = Questioner().questions()
        for ask in chain(*(some[:_WARMING] for some in queries.values())):
            ask(opensearch)
        rows: dict[str, Row] = {}
        for kind, some in queries.items():
            rows[kind] = _times(some[_WARMING : _WARMING + _QUERIES], tantivy, opensearch, client)
            _print(kind, rows[kind])
        ours, first, again = (list(chain(*column)) for column in zip(*rows.values(), strict=True))
        _print("all of these", (ours, first, again))


def _times(
    queries: list[Ask], tantivy: TantivyProductFinder, opensearch: OpenSearchProductFinder, client: OpenSearch
) -> Row:
    """Milliseconds of each query."""
    finders: tuple[ProductFinder, ...] = (tantivy, opensearch, opensearch)
    row: Row = ([], [], [])
    for ask in queries:
        client.indices.clear_cache(index=ALIAS, params={"request": "true"})
        for finder, times in zip(finders, row, strict=True):
            times.append(_milliseconds(lambda: ask(finder)))  # noqa: B023  called at once
    return row


def _milliseconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def _print(kind: str, row: Row) -> None:
    for share in (50, 99):
        at = [sorted(times)[len(times) * share // 100] for times in row]
        print(f"{f'{kind}, ms p{share}':28} {at[0]:10.2f} {at[1]:10.2f} {at[2]:10.2f}", flush=True)


if __name__ == "__main__":
    main()
