"""How well the shop's search answers labelled queries of the sample shop.

    python -m benchmarks.shop_search_quality                  # tantivy, in this process
    python -m benchmarks.shop_search_quality --opensearch     # a node of OpenSearch on this machine: Java and Maven
    python -m benchmarks.shop_search_quality --each           # and how each query for tuning is answered
    python -m benchmarks.shop_search_quality --held-out       # the held-out queries too: when everything is chosen

nDCG@10: the gain of the first ten products (2^grade - 1, worth less from place to place) as a share of what the best
order of the labelled products would gain; the mean of the queries that have an answer. "Nothing found" is right if
the shop has no answer; noise is whatever is found then.
"""

import argparse
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from math import fsum, log2
from pathlib import Path
from statistics import fmean

from benchmarks.shop_search_labels import HELD_OUT, TUNING, Label, labels
from commerce.search.adapters.tantivy.product_finder import TantivyProductFinder
from commerce.search.adapters.tantivy.product_index import TantivyProductIndex
from commerce.search.domain.finding import ProductFinder, Query
from commerce.search.domain.following import Entry, entry_of
from local.sample_data.shop.catalogue import sample_products

_DEPTH = 10
_MIDNIGHT = datetime(2026, 11, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Answer:
    """`grades` of the first products found, the best possible ones, and how many products were found."""

    label: Label
    grades: Sequence[int]
    best: Sequence[int]
    total: int

    @property
    def has_answer(self) -> bool:
        return bool(self.best)

    @property
    def ndcg(self) -> float:
        return _gain(self.grades) / _gain(self.best)


def main() -> None:
    parser = argparse.ArgumentParser(description="Measures the shop's search on labelled queries.")
    parser.add_argument("--opensearch", action="store_true", help="instead of tantivy")
    parser.add_argument("--each", action="store_true", help="print each query for tuning")
    parser.add_argument("--held-out", action="store_true", help="report the held-out queries too")
    given = parser.parse_args()
    products = [each.product for each in sample_products(_MIDNIGHT)]
    engine = opensearch if given.opensearch else tantivy
    with tempfile.TemporaryDirectory() as folder, engine(Path(folder), [*map(entry_of, products)]) as finder:
        answers = [answered(label, label.graded(products), finder) for label in labels()]
    print(f"{'':10}{'queries':>10}{'nDCG@10':>10}{'without answer':>16}   nothing found: right, of how often")
    for part in (TUNING, HELD_OUT) if given.held_out else (TUNING,):
        print_part(part, [answer for answer in answers if answer.label.part == part])
    if given.each:
        for answer in answers:
            if answer.label.part == TUNING:
                print_each(answer)


@contextmanager
def tantivy(folder: Path, entries: Sequence[Entry]) -> Iterator[ProductFinder]:
    TantivyProductIndex(folder).replace(entries)
    yield TantivyProductFinder(folder)


@contextmanager
def opensearch(folder: Path, entries: Sequence[Entry]) -> Iterator[ProductFinder]:
    from commerce.search.adapters.opensearch.client import client_at
    from commerce.search.adapters.opensearch.product_finder import OpenSearchProductFinder
    from commerce.search.adapters.opensearch.product_index import OpenSearchProductIndex
    from local.opensearch.process import OpenSearchProcess

    with OpenSearchProcess(folder, int(os.environ.get("OPENSEARCH_PORT", "4590"))) as process:
        client = client_at(process.url, read_seconds=60, signed=False)
        OpenSearchProductIndex(client).replace(entries)
        yield OpenSearchProductFinder(client)
        client.close()


def answered(label: Label, graded: dict[str, int], finder: ProductFinder) -> Answer:
    found = finder.find(Query(words=label.query, limit=_DEPTH))
    grades = [graded.get(hit.product.product_id, 0) for hit in found.hits]
    return Answer(label, grades, sorted(graded.values(), reverse=True)[:_DEPTH], found.total)


def _gain(grades: Sequence[int]) -> float:
    return fsum((2.0**grade - 1) / log2(place + 2) for place, grade in enumerate(grades))


def print_part(part: str, answers: Sequence[Answer]) -> None:
    with_answer = [answer for answer in answers if answer.has_answer]
    without = len(answers) - len(with_answer)
    nothing = [answer for answer in answers if not answer.total]
    right = sum(not answer.has_answer for answer in nothing)
    print(
        f"{part:10}{len(with_answer):10}{fmean(answer.ndcg for answer in with_answer):10.3f}{without:16}"
        f"   {right} of {len(nothing)}; {right / without:.0%} of those without answer"
    )


def print_each(answer: Answer) -> None:
    quality = f"{answer.ndcg:.2f}" if answer.has_answer else "noise" if answer.total else "none"
    print(f"{quality:>6} {answer.total:4}  {answer.label.query:32} {''.join(map(str, answer.grades))}")


if __name__ == "__main__":
    main()
