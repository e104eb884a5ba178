"""Making the index anew of the catalogue, and comparing the two, while changes keep coming.

The versions decide, as always: what a comparison writes never takes the place of something newer, and what is written
twice is written once. Neither the catalogue nor the index is held in memory: a page of both is.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import batched, chain
from typing import Protocol

from commerce.search.domain.following import Entry, ProductIndex, Refused
from shared.errors import Unavailable

_PAGE = 500

type Have = tuple[int, bool]
"""What the index has of a product: a version, and whether it is a product rather than a tombstone."""


class WholeCatalogue(Protocol):
    """Everything that the shop has, as it should be found. Every method raises Unavailable."""

    def entries(self) -> Iterator[Entry | None]:
        """Each product's, as it is now; None for one that cannot be read."""
        ...

    def entries_of(self, product_ids: Sequence[str]) -> dict[str, Entry | None]:
        """Of those that there are, by id."""
        ...


@dataclass(slots=True)
class Report:
    """Of `checked` products so many had no entry (`missing`), a wrong one (`stale`), or could not be read.

    `ghosts` are entries whose products are gone. `repaired` of these three are right now; where it is less than their
    sum, the index is ahead of the catalogue, as after a restored backup, or refuses them: only a rebuild helps.
    """

    checked: int = 0
    missing: int = 0
    stale: int = 0
    ghosts: int = 0
    repaired: int = 0
    unreadable: int = 0


def rebuild(catalogue: WholeCatalogue, index: ProductIndex) -> Report:
    """Fill a new index, let it take the old one's place, then write what has changed since.

    Tombstones of products that are gone move over: the catalogue no longer knows them, late changes may. Of an old
    index that cannot be read nothing moves over: a rebuild is how it becomes readable.
    """
    readable = (entry for entry in catalogue.entries() if entry is not None)
    _all_but_refused(index.replace, chain(readable, _tombstones(catalogue, index)))
    return verify(catalogue, index)


def verify(catalogue: WholeCatalogue, index: ProductIndex) -> Report:
    """Compare both, and repair the index."""
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
    has = index.versions([entry.product_id for entry in entries])
    wrong = [entry for entry in entries if has.get(entry.product_id) != _wanted(entry)]
    # a change may have come between our two looks: what the catalogue says now counts
    now = catalogue.entries_of([entry.product_id for entry in wrong])
    wrong = [entry for entry in now.values() if entry and has.get(entry.product_id) != _wanted(entry)]
    missing = sum(entry.product_id not in has for entry in wrong)
    report.missing += missing
    report.stale += len(wrong) - missing
    report.repaired += _repaired(index, [entry for entry in wrong if _is_older(has.get(entry.product_id), entry)])


def _repaired(index: ProductIndex, entries: Sequence[Entry]) -> int:
    """How many of these entries the index has, or something newer, after they were written."""
    if not entries:
        return 0
    _all_but_refused(index.apply, entries)
    has = index.versions([entry.product_id for entry in entries])
    return sum(not _is_older(has.get(entry.product_id), entry) for entry in entries)


def _tombstones(catalogue: WholeCatalogue, index: ProductIndex) -> Iterator[Entry]:
    try:
        index.versions(["whatever"])
    except Unavailable:
        return
    for gone in _gone(catalogue, index):
        yield from (entry for entry, _ in gone)


def _gone(catalogue: WholeCatalogue, index: ProductIndex) -> Iterator[list[tuple[Entry, bool]]]:
    """A page of tombstones of what the catalogue has no more, each with whether the index has it as a product."""
    for page in batched(index.product_ids(), _PAGE, strict=False):
        known = catalogue.entries_of(page)
        has = index.versions([product_id for product_id in page if product_id not in known])
        yield [
            (Entry(product_id, version + is_product, None), is_product)
            for product_id, (version, is_product) in has.items()
        ]


def _wanted(entry: Entry) -> Have:
    return entry.version, entry.product is not None


def _is_older(has: Have | None, entry: Entry) -> bool:
    return has is None or has[0] < entry.version


def _all_but_refused[Entries: Iterable[Entry]](write: Callable[[Entries], None], entries: Entries) -> None:
    try:
        write(entries)
    except Refused:
        return  # who compares afterwards sees what is not there
