"""What clients receive of a search."""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace

from commerce.catalogue.answers import ProductAnswer, product_answer
from commerce.search.domain.finding import Found, Hit, Match, Query
from commerce.search.domain.suggesting import Suggestion, SuggestionKind
from shared.http.cursors import Cursors


@dataclass(frozen=True, slots=True)
class HighlightAnswer:
    """Escaped HTML with `<em>` around matches; null without a match."""

    name: str | None
    description: str | None


@dataclass(frozen=True, slots=True)
class FoundProduct(ProductAnswer):
    """A product with its matches."""

    highlight: HighlightAnswer


@dataclass(frozen=True, slots=True)
class FacetValueAnswer:
    """`count`: the number of products with this value."""

    value: str
    count: int


@dataclass(frozen=True, slots=True)
class FacetsAnswer:
    """`price` has bands in minor units, both ends included: `500-999`, `10000-`."""

    category: tuple[FacetValueAnswer, ...]
    kind: tuple[FacetValueAnswer, ...]
    tag: tuple[FacetValueAnswer, ...]
    price: tuple[FacetValueAnswer, ...]


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """`match`: `all` words match, in any form or wording; `similar` words do; or only `some` of the words."""

    items: tuple[FoundProduct, ...]
    match: Match
    facets: FacetsAnswer
    total: int
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class SuggestionAnswer:
    """`text`: a product's name, a category as the filter takes it, or words to search for."""

    text: str
    kind: SuggestionKind
    product_id: str | None


@dataclass(frozen=True, slots=True)
class SuggestionsAnswer:
    items: tuple[SuggestionAnswer, ...]


def search_answer(found: Found, query: Query, cursors: Cursors, images_url: str) -> SearchAnswer:
    items = tuple(_found_product(hit, images_url) for hit in found.hits)
    facets = {
        name: tuple(FacetValueAnswer(each.value, each.count) for each in values)
        for name, values in found.facets.items()
    }
    following = query.offset_after(found)
    position = None if following is None else str(following)
    next_cursor = cursors.make(search_scope(query), position)
    return SearchAnswer(items, found.match, FacetsAnswer(**facets), found.total, next_cursor)


def suggestions_answer(suggestions: Iterable[Suggestion]) -> SuggestionsAnswer:
    return SuggestionsAnswer(tuple(SuggestionAnswer(each.text, each.kind, each.product_id) for each in suggestions))


def _found_product(hit: Hit, images_url: str) -> FoundProduct:
    product = product_answer(hit.product, images_url)
    shown = {field.name: getattr(product, field.name) for field in fields(product)}
    return FoundProduct(**shown, highlight=HighlightAnswer(hit.highlight.name, hit.highlight.description))


def search_scope(query: Query) -> str:
    """Cursors are valid for the same words, filters and order, with any page size."""
    return repr(("search", replace(query, offset=0, limit=0)))
