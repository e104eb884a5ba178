"""Finding people in DynamoDB: a table in which everybody has an entry for each of their terms.

All entries of a directory are one partition, in the order of their terms.
"""

from collections.abc import Sequence

from pynamodb.attributes import UnicodeAttribute

from shared.dynamodb.records import Record, select
from shared.dynamodb.transactions import Transaction
from shared.people.finding import PersonPage, is_found, terms_of
from shared.people.person import Person

_READ = 100  # entries at once
_MAX_READS = 10  # of one page, which may be shorter than wanted where words are rare together
_LAST = "\U0010ffff"
_ENTRY = "entry"


class EntryRecord(Record):
    """One of the terms by which somebody is found."""

    directory = UnicodeAttribute(hash_key=True)
    entry = UnicodeAttribute(range_key=True)
    user_id = UnicodeAttribute(attr_name="userId")
    name = UnicodeAttribute()
    email = UnicodeAttribute()

    def to_person(self) -> Person:
        return Person(self.user_id, self.name, self.email)


class DynamoDirectory:
    """One of the directories of a table."""

    def __init__(self, directory_table: str, directory: str) -> None:
        self._entries, self._directory = EntryRecord.at(directory_table), directory

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

    def enter(self, transaction: Transaction, person: Person, before: Person | None = None) -> None:
        """Have the transaction write the person's entries, in the place of those from before."""
        if before:
            for term in set(terms_of(before)) - set(terms_of(person)):
                transaction.remove(_ENTRY, self._entry(term, before))
        for term in terms_of(person):
            transaction.save(_ENTRY, self._entry(term, person))

    def leave(self, transaction: Transaction, person: Person) -> None:
        """Have the transaction remove the person's entries."""
        for term in terms_of(person):
            transaction.remove(_ENTRY, self._entry(term, person))

    def _entry(self, term: str, person: Person) -> EntryRecord:
        return self._entries(
            self._directory, _entry_of(term, person), user_id=person.user_id, name=person.name, email=person.email
        )

    def _read(self, prefix: str, after: str | None) -> list[EntryRecord]:
        """The next entries that begin with the prefix."""
        entry = EntryRecord.entry
        within = entry.between(f"{after} ", prefix + _LAST) if after else entry.startswith(prefix) if prefix else None
        return select(self._entries, self._directory, within, limit=_READ)


def _is_counted(entry: EntryRecord, prefix: str, words: Sequence[str]) -> bool:
    """Of somebody's entries that begin with the prefix, the first one counts."""
    person = entry.to_person()
    first = min((term for term in terms_of(person) if term.startswith(prefix)), default="")
    return entry.entry == _entry_of(first, person) and is_found(person, words)


def _entry_of(term: str, person: Person) -> str:
    return f"{term}#{person.user_id}"


def _people(entries: Sequence[EntryRecord]) -> tuple[Person, ...]:
    return tuple(entry.to_person() for entry in entries)
