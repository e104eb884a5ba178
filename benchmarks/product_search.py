"""The shop's search over 100,000 products: our tantivy index, and SQLite's FTS5 with the same features.

    python -m benchmarks.product_search [products]

Both answer the same queries alternately, in one process. SQLite gets what suits it best: an index without stems for
prefixes and typos, its vocabulary in memory, all facets counted in one pass. Answers are measured in CPU time: both
read from memory in one thread, and other work on the machine slows neither down.
"""

import random
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import chain
from pathlib import Path

from benchmarks.product_catalogue import CATEGORIES, LOOKS, THINGS, drawn_products, mistyped
from benchmarks.sqlite_products import SqliteProducts
from commerce.catalogue.domain.products import Product
from commerce.search.adapters.tantivy.product_finder import TantivyProductFinder
from commerce.search.adapters.tantivy.product_index import TantivyProductIndex
from commerce.search.domain.finding import ProductFinder, Query, Sort
from commerce.search.domain.following import Entry, entry_of

_QUESTIONS = 200  # of each kind
_WARMING = 10
_CHANGES = 30

type Ask = Callable[[ProductFinder], object]


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    products = list(drawn_products(count))
    with tempfile.TemporaryDirectory() as name:
        ours, theirs = Path(name) / "ours", Path(name) / "sqlite"
        theirs.mkdir()
        index, finder = TantivyProductIndex(ours), TantivyProductFinder(ours)
        sqlite = SqliteProducts(theirs / "products.db")
        print(f"{f'{count:,} products':28} {'ours':>8} {'SQLite':>8}  ratio")
        index_seconds = _seconds(lambda: index.replace(map(entry_of, products)))
        _print("index time, s", index_seconds, _seconds(lambda: sqlite.fill(products)))
        _print("index size, MB", _megabytes(ours), _megabytes(theirs))
        questions_by_kind = Questioner().questions()
        times = {kind: _times(questions, finder, sqlite) for kind, questions in questions_by_kind.items()}
        times["all of these"] = [list(chain(*each)) for each in zip(*times.values(), strict=True)]
        for kind, taken in times.items():
            for share in (50, 99):
                _print(f"{kind}, ms p{share}", *(sorted(each)[len(each) * share // 100] for each in taken))
        changes = sorted(_seconds_to_change(product, index) for product in products[:_CHANGES])
        print(f"{'one change, ms p50':28} {changes[_CHANGES // 2] * 1000:8.2f}")


class Questioner:
    """Generates customers' queries, with a fixed random seed."""

    def __init__(self) -> None:
        self._source = random.Random(7)  # noqa: S311  no secret is drawn

    def questions(self) -> dict[str, list[Ask]]:
        return {
            "two words": self._finds(lambda: Query(words=f"{self._look()} {self._thing()}")),
            "three words": self._finds(lambda: Query(words=f"{self._look()} {self._look()} {self._thing()}")),
            "one common word": self._finds(lambda: Query(words=self._look())),
            "a typo": self._finds(lambda: Query(words=f"{self._look()} {mistyped(self._thing(5), self._source)}")),
            "an unfinished word": self._finds(lambda: Query(words=f"{self._look()} {self._thing(5)[:4]}")),
            "category and prices": self._finds(
                lambda: Query(words=self._thing(), categories=(self._category(),), min_price=500, max_price=1_999)
            ),
            "by price": self._finds(lambda: Query(words=f"{self._look()} {self._thing()}", sort=Sort.CHEAPEST)),
            "tenth page": self._finds(lambda: Query(words=self._look(), offset=180)),
            "no words, a category": self._finds(lambda: Query(categories=(self._category(),))),
            "suggestions": [_suggests(self._thing(4)[: self._source.randint(2, 4)]) for _ in range(_QUESTIONS)],
        }

    def _finds(self, draw: Callable[[], Query]) -> list[Ask]:
        return [_finds(draw()) for _ in range(_QUESTIONS)]

    def _look(self) -> str:
        return self._source.choice(LOOKS)

    def _thing(self, letters: int = 0) -> str:
        return self._source.choice([thing for thing in THINGS if len(thing) >= letters])

    def _category(self) -> str:
        return self._source.choice(CATEGORIES)


def _finds(query: Query) -> Ask:
    return lambda finder: finder.find(query)


def _suggests(prefix: str) -> Ask:
    return lambda finder: finder.suggest(prefix, 8)


def _times(questions: list[Ask], *finders: ProductFinder) -> list[list[float]]:
    """Milliseconds, for each finder."""
    for ask in questions[:_WARMING]:
        for finder in finders:
            ask(finder)
    times: list[list[float]] = [[] for _ in finders]
    for ask in questions:
        for finder, taken in zip(finders, times, strict=True):
            started = time.thread_time()
            ask(finder)
            taken.append((time.thread_time() - started) * 1000)
    return times


def _seconds_to_change(product: Product, index: TantivyProductIndex) -> float:
    return _seconds(lambda: index.apply([Entry(product.product_id, 2, product)]))


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _megabytes(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink()) / 1e6


def _print(what: str, ours: float, theirs: float) -> None:
    print(f"{what:28} {ours:8.2f} {theirs:8.2f} {ours / theirs:6.2f}")


if __name__ == "__main__":
    main()
