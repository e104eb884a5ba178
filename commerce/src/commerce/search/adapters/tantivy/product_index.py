"""Writes the index: one writer at a time, whose changes appear atomically."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import batched
from pathlib import Path

import tantivy

from commerce.search.adapters.tantivy.folder import IndexFolder, engine_failures
from commerce.search.adapters.tantivy.schema import SCHEMA, document_of_entry
from commerce.search.domain.following import Entry

_BATCH_MEMORY_BYTES = 15_000_000  # tantivy's minimum
_REBUILD_MEMORY_BYTES = 256_000_000  # 100,000 products stay one segment, which is the fastest to search
_BATCH_SIZE = 1_000


class TantivyProductIndex:
    """A ProductIndex in a folder."""

    def __init__(self, folder: Path, patience_seconds: float = 5.0) -> None:
        self._folder = IndexFolder(folder, patience_seconds)

    def apply(self, entries: Sequence[Entry]) -> None:
        """One commit, or none if no entry is newer."""
        with self._folder.writing(), engine_failures():
            index = self._folder.made()
            newest = _newest_of(entries)
            indexed = _versions(index.searcher(), list(newest))
            changes = [
                entry for entry in newest.values() if entry.version > indexed.get(entry.product_id, (0, False))[0]
            ]
            if changes:
                with _commit(index, _BATCH_MEMORY_BYTES) as writer:
                    for entry in changes:
                        _put(entry, writer)

    def versions(self, product_ids: Sequence[str]) -> Mapping[str, tuple[int, bool]]:
        if not self._folder.is_made():
            return {}
        with engine_failures():
            return _versions(self._folder.searcher(), product_ids)

    def product_ids(self) -> Iterator[str]:
        """In no particular order, of the index as it is now."""
        if not self._folder.is_made():
            return iter(())
        with engine_failures():
            found = self._folder.searcher().terms_with_prefix("id", "", filter_query=tantivy.Query.all_query())
        return (product_id for product_id, _ in found)

    def is_outdated(self) -> bool:
        with engine_failures():
            return self._folder.is_outdated()

    def replace(self, entries: Iterable[Entry]) -> None:
        """Holds the writer's lock until the last entry is in: the sync waits, or retries."""
        with self._folder.writing():
            with engine_failures():
                generation, index = self._folder.new_generation()
            try:
                with _commit(index, _REBUILD_MEMORY_BYTES) as writer:
                    _fill(writer, entries)
                with engine_failures():
                    self._folder.make_current(generation)
            except BaseException:
                self._folder.discard(generation)
                raise


@contextmanager
def _commit(index: tantivy.Index, memory_bytes: int) -> Iterator[tantivy.IndexWriter]:
    """Commit what the block has written, or nothing of it if the block raises."""
    with engine_failures():
        writer = index.writer(memory_bytes, num_threads=1)
    try:
        yield writer
        with engine_failures():
            writer.commit()
    finally:
        with engine_failures():
            writer.wait_merging_threads()  # also releases tantivy's own lock


def _put(entry: Entry, writer: tantivy.IndexWriter) -> None:
    writer.delete_documents_by_term("id", entry.product_id)
    writer.add_document(document_of_entry(entry))


def _fill(writer: tantivy.IndexWriter, entries: Iterable[Entry]) -> None:
    written: dict[str, int] = {}
    for batch in batched(entries, _BATCH_SIZE, strict=False):
        with engine_failures():
            for entry in batch:
                version = written.get(entry.product_id)
                if version is None:
                    writer.add_document(document_of_entry(entry))
                elif entry.version > version:
                    _put(entry, writer)
                else:
                    continue
                written[entry.product_id] = entry.version


def _newest_of(entries: Sequence[Entry]) -> dict[str, Entry]:
    newest: dict[str, Entry] = {}
    for entry in entries:
        previous = newest.get(entry.product_id)
        if previous is None or entry.version > previous.version:
            newest[entry.product_id] = entry
    return newest


def _versions(searcher: tantivy.Searcher, product_ids: Sequence[str]) -> dict[str, tuple[int, bool]]:
    found = {}
    for product_id in product_ids:
        hits = searcher.search(tantivy.Query.term_query(SCHEMA, "id", product_id), limit=1, count=False).hits
        if hits:
            address = hits[0][1]
            [version] = searcher.fast_field_values("version", [address])
            [live] = searcher.fast_field_values("live", [address])
            found[product_id] = (int(version or 0), bool(live))
    return found
