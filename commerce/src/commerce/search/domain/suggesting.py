"""Suggestions while typing: which there are, and in which order, for every search engine."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from commerce.search.domain.reading import MAX_CHARACTERS
from commerce.search.domain.vocabulary import base, is_filler
from shared.text.words import words, words_in

_MAX_CATEGORIES = 3


class SuggestionKind(StrEnum):
    PRODUCT = "product"
    CATEGORY = "category"
    WORDS = "words"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`text`: a product's name, a category as filters take it, or words to search for. `product_id`: a product's."""

    text: str
    kind: SuggestionKind
    product_id: str | None = None


@dataclass(frozen=True, slots=True)
class Typed:
    """`last` is the unfinished word, and `before` those before it; `head` is how those are written."""

    before: tuple[str, ...]
    last: str
    head: str

    @classmethod
    def of(cls, text: str) -> "Typed | None":
        """None for a text without words."""
        found = [(word, written.lower()) for written, _ in words_in(text[:MAX_CHARACTERS]) for word in words(written)]
        if not found:
            return None
        *before, (last, _) = found
        return cls(tuple(word for word, _ in before), last, " ".join(written for _, written in before))

    def begins(self, category: str) -> bool:
        """Whether the words may be those of a category: all there, in any order, and the last one begun."""
        found = words(category)
        return set(self.before) <= set(found) and any(
            word.startswith(self.last) for word in found if word not in self.before
        )


def suggestions(
    typed: Typed,
    completions: Iterable[str],
    categories: Iterable[str],
    products: Iterable[tuple[str, str]],
    limit: int,
) -> tuple[Suggestion, ...]:
    """Up to three categories; then completed words, up to half of what is left; then products. No text twice.

    `completions` of the last word as written in names, `categories`, and `products` (names and ids): the likeliest
    first. All are read only as far as needed.
    """
    found: dict[str, Suggestion] = {}

    def add(some: Iterable[Suggestion], max_count: int) -> None:
        new = (each for each in some if each.text.casefold() not in found)
        found.update((each.text.casefold(), each) for each in islice(new, max_count))

    begun = (Suggestion(category, SuggestionKind.CATEGORY) for category in categories if typed.begins(category))
    add(begun, min(_MAX_CATEGORIES, limit))
    add(_of_words(typed, completions), (limit - len(found) + 1) // 2)
    add((Suggestion(name, SuggestionKind.PRODUCT, product_id) for name, product_id in products), limit - len(found))
    return tuple(found.values())


def _of_words(typed: Typed, completions: Iterable[str]) -> Iterator[Suggestion]:
    """Without words that have been typed already, say nothing, or are the plural of one that is suggested."""
    said = set(map(base, typed.before))
    for written in completions:
        found = words(written)
        bases = set(map(base, found))
        if said.isdisjoint(bases) and not all(map(is_filler, found)):
            said |= bases
            yield Suggestion(f"{typed.head} {written}".strip(), SuggestionKind.WORDS)
