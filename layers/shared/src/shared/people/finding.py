"""Finding people by what the words of their names, or their addresses, begin with."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from shared.people.person import Person
from shared.text.words import folded, words

MAX_TERMS = 20  # of one person, so that they are written in one transaction
MAX_TERM = 200  # characters; a key has at most 1,024 bytes

_APOSTROPHES = re.compile("['’ʼ]")


@dataclass(frozen=True, slots=True)
class PersonPage:
    """In the order of the terms by which they were found; `next_position` is that of the last if others may follow."""

    items: tuple[Person, ...]
    next_position: str | None


class Directory(Protocol):
    def page(self, words: Sequence[str], after: str | None, limit: int) -> PersonPage:
        """Everybody who `is_found` by the words, once; without words, all."""
        ...


def find_people(directory: Directory, query: str | None, after: str | None, limit: int) -> PersonPage:
    """Everybody without a query; nobody for one without words, such as a question mark."""
    words = words_of(query or "")
    return directory.page(words, after, limit) if words or query is None else PersonPage((), None)


def words_of(query: str) -> tuple[str, ...]:
    """The words that somebody looks for; an address is one."""
    return (folded(query)[:MAX_TERM],) if "@" in query else _terms(query)


def terms_of(person: Person) -> tuple[str, ...]:
    """The words of the name, the address, and the words of what stands before its @: each once."""
    address = folded(person.email)
    terms = [*_terms(person.name), address[:MAX_TERM], *_terms(address.partition("@")[0])]
    return tuple(dict.fromkeys(filter(None, terms)))[:MAX_TERMS]


def is_found(person: Person, words: Sequence[str]) -> bool:
    terms = terms_of(person)
    return all(any(term.startswith(word) for term in terms) for word in words)


def _terms(text: str) -> tuple[str, ...]:
    """Its words, also those that an apostrophe joins: O'Brien is found as Brien too."""
    return tuple(word[:MAX_TERM] for word in words(_APOSTROPHES.sub(" ", text)))
