"""Finding people by what the words of their names, or their addresses, begin with."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from personalization.supporters.domain.people import Person

MAX_TERMS = 20  # of one person, so that they are written in one transaction
MAX_TERM = 200  # characters; a key has at most 1,024 bytes

_ACCENTS = re.compile("[\u0300-\u036f]")  # of Latin, Greek and Cyrillic letters; marks of other scripts are letters


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
    folded = _folded(query)
    return (folded[:MAX_TERM],) if "@" in folded else _words(folded)


def terms_of(person: Person) -> tuple[str, ...]:
    """The words of the name, the address, and the words of what stands before its @: each once."""
    address = _folded(person.email)
    terms = [*_words(_folded(person.name)), address[:MAX_TERM], *_words(address.partition("@")[0])]
    return tuple(dict.fromkeys(filter(None, terms)))[:MAX_TERMS]


def is_found(person: Person, words: Sequence[str]) -> bool:
    terms = terms_of(person)
    return all(any(term.startswith(word) for term in terms) for word in words)


def _folded(text: str) -> str:
    """Without case and accents."""
    return _ACCENTS.sub("", unicodedata.normalize("NFKD", text.casefold()))


def _words(folded: str) -> tuple[str, ...]:
    """Letters with their marks, and numbers."""
    spaced = "".join(each if unicodedata.category(each)[0] in "LMN" else " " for each in folded)
    return tuple(word[:MAX_TERM] for word in spaced.split())
