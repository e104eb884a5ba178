"""An index of products in memory, and what goes wrong with real ones."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from commerce.search.domain.following import Entry, Refused
from commerce.search.domain.syncing import Poison
from shared.errors import Unavailable


def down() -> Unavailable:
    return Unavailable("The search engine is down.", retry_after_seconds=1)


class FakeIndex:
    """`failures`: for each coming write, how many entries are still written before the engine goes down.

    One that `is_unreadable` has to be replaced.
    """

    def __init__(self) -> None:
        self.entries: dict[str, Entry] = {}
        self.failures: list[int] = []
        self.refused: set[str] = set()
        self.is_unreadable = False
        self.is_of_another_release = False
        self.before_swap: Callable[[], None] = lambda: None

    def apply(self, entries: Sequence[Entry]) -> None:
        written = self.failures.pop(0) if self.failures else None
        self._write(self.entries, entries[:written])
        if written is not None:
            raise down()
        self._tell_refused(entries)

    def versions(self, product_ids: Sequence[str]) -> Mapping[str, tuple[int, bool]]:
        if self.is_unreadable:
            raise down()
        existing = [self.entries[product_id] for product_id in product_ids if product_id in self.entries]
        return {entry.product_id: (entry.version, entry.product is not None) for entry in existing}

    def is_outdated(self) -> bool:
        return self.is_of_another_release

    def product_ids(self) -> Iterator[str]:
        return iter(sorted(self.entries))

    def replace(self, entries: Iterable[Entry]) -> None:
        new: dict[str, Entry] = {}
        offered = list(entries)
        self._write(new, offered)
        self.before_swap()
        self.entries, self.is_unreadable, self.is_of_another_release = new, False, False
        self._tell_refused(offered)

    def found(self) -> set[str]:
        return {product_id for product_id, entry in self.entries.items() if entry.product}

    def _write(self, index: dict[str, Entry], entries: Iterable[Entry]) -> None:
        for entry in entries:
            existing = index.get(entry.product_id)
            if entry.product_id not in self.refused and (existing is None or existing.version < entry.version):
                index[entry.product_id] = entry

    def _tell_refused(self, entries: Iterable[Entry]) -> None:
        if refused := {entry.product_id for entry in entries} & self.refused:
            raise Refused(dict.fromkeys(refused, "too strange"))


class FakeDeadLetters:
    """Out of reach for the next `failures` calls."""

    def __init__(self) -> None:
        self.kept: list[Poison] = []
        self.failures = 0

    def keep(self, poison: Sequence[Poison]) -> None:
        if self.failures:
            self.failures -= 1
            raise down()
        self.kept += poison


class FakeCatalogue:
    """`unreadable` are ids of items that are no products."""

    def __init__(self) -> None:
        self.by_id: dict[str, Entry] = {}
        self.unreadable: set[str] = set()
        self.during_scan: Callable[[], None] = lambda: None

    def entries(self) -> Iterator[Entry | None]:
        seen = [self._entry(product_id) for product_id in self.by_id]
        self.during_scan()
        return iter(seen)

    def entries_of(self, product_ids: Sequence[str]) -> dict[str, Entry | None]:
        return {product_id: self._entry(product_id) for product_id in product_ids if product_id in self.by_id}

    def keep(self, *entries: Entry) -> None:
        self.by_id |= {entry.product_id: entry for entry in entries}

    def _entry(self, product_id: str) -> Entry | None:
        return None if product_id in self.unreadable else self.by_id[product_id]
