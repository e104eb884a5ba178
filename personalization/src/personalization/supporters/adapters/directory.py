"""Finding people in DynamoDB."""

from collections.abc import Sequence

from personalization.supporters.adapters.records import DIRECTORY, EntryRecord, entry_of
from personalization.supporters.domain.finding import PersonPage, is_found, terms_of
from personalization.supporters.domain.people import Person
from shared.dynamodb.records import select

_READ = 100  # entries at once
_MAX_READS = 10  # of one page, which may be shorter than wanted where words are rare together
_LAST = "\U0010ffff"


class DynamoDirectory:
    """Reads the Directory table, in which everybody has an entry for each of their terms."""

    def __init__(self, directory_table: str) -> None:
        self._entries = EntryRecord.at(directory_table)

    def page(self, words: Sequence[str], after: str | None, limit: int) -> PersonPage:
        """Consistent Queries of a hundred entries, for the longest word; the others are looked for in what was read."""
        prefix = max(words, key=len, default="")
        found: list[EntryRecord] = []
        position = after
        for _ in range(_MAX_READS):
            read = self._read(prefix, position)
            for entry in read:
                if not _is_counted(entry, prefix, words):
                    continue
                if len(found) == limit:
                    return PersonPage(_people(found), found[-1].entry)
                found.append(entry)
            if len(read) < _READ:
                return PersonPage(_people(found), None)
            position = read[-1].entry
        return PersonPage(_people(found), position)

    def _read(self, prefix: str, after: str | None) -> list[EntryRecord]:
        """The next entries that begin with the prefix."""
        entry = EntryRecord.entry
        within = entry.between(f"{after} ", prefix + _LAST) if after else entry.startswith(prefix) if prefix else None
        return select(self._entries, DIRECTORY, within, limit=_READ)


def _is_counted(entry: EntryRecord, prefix: str, words: Sequence[str]) -> bool:
    """Of somebody's entries that begin with the prefix, the first one counts."""
    person = entry.to_person()
    first = min((term for term in terms_of(person) if term.startswith(prefix)), default="")
    return entry.entry == entry_of(first, person) and is_found(person, words)


def _people(entries: Sequence[EntryRecord]) -> tuple[Person, ...]:
    return tuple(entry.to_person() for entry in entries)
