"""Rebuilding the index from the catalogue, and comparing the two, while changes keep coming.

Versions make this safe: a comparison never overwrites anything newer. Both are read page by page.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import batched, chain
from typing import Protocol

from commerce.search.domain.following import Entry, ProductIndex, Refused
from shared.errors import Unavailable

_PAGE = 500

type IndexedVersion = tuple[int, bool]
"""Version of an entry, and whether it is a product rather than a tombstone."""


class WholeCatalogue(Protocol):
    """All products, as entries. Every method raises Unavailable."""

    def entries(self) -> Iterator[Entry | None]:
        """One per product; None for an item that cannot be read."""
        ...

    def entries_of(self, product_ids: Sequence[str]) -> dict[str, Entry | None]:
        """By id; ids without a product are absent."""
        ...


@dataclass(slots=True)
class Report:
    """Of `checked` products, how many had no entry (`missing`), a wrong one (`stale`), or could not be read.

    `ghosts` are entries without a product. `repaired` counts how many of these three are correct now. If it is less
    than their sum, the index is ahead of the catalogue (after a restored backup, say) or rejects them: rebuild it.
    """

    checked: int = 0
    missing: int = 0
    stale: int = 0
    ghosts: int = 0
    repaired: int = 0
    unreadable: int = 0


def rebuild(catalogue: WholeCatalogue, index: ProductIndex) -> Report:
    """Fill a new index, switch to it, then apply what has changed since.

    Tombstones of removed items are copied from the old index, as late records may still refer to them; if the old index
    cannot be read, nothing is copied.
    """
    readable = (entry for entry in catalogue.entries() if entry is not None)
    _all_but_refused(index.replace, chain(readable, _tombstones(catalogue, index)))
    return verify(catalogue, index)


def repair(catalogue: WholeCatalogue, index: ProductIndex) -> Report:
    """Compare the index with the catalogue, and repair it: one of another release is rebuilt."""
    return rebuild(catalogue, index) if index.is_outdated() else verify(catalogue, index)


def verify(catalogue: WholeCatalogue, index: ProductIndex) -> Report:
    """Compare the index with the catalogue, and repair it."""
    report = Report()
    for page in batched(catalogue.entries(), _PAGE, strict=False):
        entries = [entry for entry in page if entry is not None]
        report.checked += len(page)
        report.unreadable += len(page) - len(entries)
        _verify_entries(catalogue, index, entries, report)
    for gone in _gone(catalogue, index):
        ghosts = [entry for entry, was_product in gone if was_product]
        report.ghosts += len(ghosts)
        report.repaired += _repaired(index, ghosts)
    return report


def _verify_entries(catalogue: WholeCatalogue, index: ProductIndex, entries: Sequence[Entry], report: Report) -> None:
    indexed = index.versions([entry.product_id for entry in entries])
    wrong = [entry for entry in entries if indexed.get(entry.product_id) != _expected(entry)]
    # the catalogue may have changed between the two reads: read these entries again
    current = catalogue.entries_of([entry.product_id for entry in wrong])
    wrong = [entry for entry in current.values() if entry and indexed.get(entry.product_id) != _expected(entry)]
    missing = sum(entry.product_id not in indexed for entry in wrong)
    report.missing += missing
    report.stale += len(wrong) - missing
    report.repaired += _repaired(index, [entry for entry in wrong if _is_older(indexed.get(entry.product_id), entry)])


def _repaired(index: ProductIndex, entries: Sequence[Entry]) -> int:
    """Write the entries; return how many the index then has in this version or a newer one."""
    if not entries:
        return 0
    _all_but_refused(index.apply, entries)
    indexed = index.versions([entry.product_id for entry in entries])
    return sum(not _is_older(indexed.get(entry.product_id), entry) for entry in entries)


def _tombstones(catalogue: WholeCatalogue, index: ProductIndex) -> Iterator[Entry]:
    try:
        index.versions(["any"])
    except Unavailable:
        return
    for gone in _gone(catalogue, index):
        yield from (entry for entry, _ in gone)


def _gone(catalogue: WholeCatalogue, index: ProductIndex) -> Iterator[list[tuple[Entry, bool]]]:
    """Pages of tombstones for ids that the catalogue no longer has, each with whether the index has it as a product."""
    for page in batched(index.product_ids(), _PAGE, strict=False):
        existing = catalogue.entries_of(page)
        indexed = index.versions([product_id for product_id in page if product_id not in existing])
        yield [
            (Entry(product_id, version + is_product, None), is_product)
            for product_id, (version, is_product) in indexed.items()
        ]


def _expected(entry: Entry) -> IndexedVersion:
    return entry.version, entry.product is not None


def _is_older(indexed: IndexedVersion | None, entry: Entry) -> bool:
    return indexed is None or indexed[0] < entry.version


def _all_but_refused[Entries: Iterable[Entry]](write: Callable[[Entries], None], entries: Entries) -> None:
    try:
        write(entries)
    except Refused:
        return  # the comparison that follows counts what is missing
