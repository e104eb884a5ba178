"""Content search with 40, 400 and 4,000 pages: time to build the index and to answer a query, as ratios.

    python -m benchmarks.search

The collections alternate in one run. On the platform, a search adds one round of reads.
"""

import random
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from local.sample_data.content import sample_content
from personalization.content.domain.content import Collection
from personalization.search.domain.ranking import Preferences, rank, why
from personalization.search.domain.search_index import Index
from shared.text.words import stem, words

_SIZES = (40, 400, 4_000)
_ROUNDS = 7
_PAGE = 10
_NOW = datetime(2026, 2, 3, tzinfo=UTC)
_LEANINGS = Preferences(("clinical trials", "prevention", "running"), ("join an event",))
_QUERIES = {
    "one word": "melanoma",
    "common words": "cancer research",
    "typo": "immunotherpay",
    "a sentence": "how can I leave a gift in my will for breast cancer research",
}


def main() -> None:
    collections = {size: _collection(size) for size in _SIZES}
    builds: dict[int, list[float]] = {size: [] for size in _SIZES}
    answers: dict[tuple[str, int], list[float]] = {(name, size): [] for name in _QUERIES for size in _SIZES}
    for _ in range(_ROUNDS):
        for size, collection in collections.items():
            stem.cache_clear()  # as in a function that has just started
            builds[size].append(_milliseconds(lambda c=collection: Index(c)))  # type: ignore[misc]  # mypy infers no lambda with a default
            index = Index(collection)
            for name, query in _QUERIES.items():
                answers[name, size].append(_milliseconds(lambda q=query, i=index: _answer(q, i)))  # type: ignore[misc]  # likewise
    _print("index build", {size: statistics.median(builds[size]) for size in _SIZES})
    for name in _QUERIES:
        _print(name, {size: statistics.median(answers[name, size]) for size in _SIZES})


def _answer(query: str, index: Index) -> None:
    ranked, _ = rank(query, index, _LEANINGS, _NOW)
    for each in ranked[:_PAGE]:
        why(each, _NOW, UTC)


def _collection(size: int) -> Collection:
    """The sample content, and copies of it with a third of their words replaced by invented ones."""
    source = random.Random(size)  # noqa: S311  no secret is drawn
    samples = sample_content(_NOW)
    items = []
    for number in range(size):
        sample = samples[number % len(samples)]
        body = sample.body if number < len(samples) else _varied(sample.body, source)
        items.append(replace(sample, content_id=f"{sample.content_id}-{number}", body=body))
    return Collection(1, tuple(items))


def _varied(text: str, source: random.Random) -> str:
    def word(original: str) -> str:
        return (
            original if source.random() < 2 / 3 else "".join(source.sample("abcdefghilmnoprstu", len(original) % 9 + 3))
        )

    return " ".join(word(original) for original in words(text))


def _milliseconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def _print(name: str, medians: dict[int, float]) -> None:
    smallest = medians[_SIZES[0]]
    shown = "   ".join(f"{size:5,} pages {ms:8.2f} ms ({ms / smallest:6.1f})" for size, ms in medians.items())
    print(f"{name:13} {shown}")


if __name__ == "__main__":
    main()
