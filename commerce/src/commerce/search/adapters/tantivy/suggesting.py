"""Suggestions while typing."""

from collections.abc import Iterator

from tantivy import Occur, Order, Query, Searcher

from commerce.catalogue.domain.products import Product
from commerce.search.adapters.tantivy.meaning import beginning, strictly
from commerce.search.adapters.tantivy.narrowing import LIVE
from commerce.search.adapters.tantivy.schema import SCHEMA, product_kept_in, spelling, terms
from commerce.search.domain.finding import MAX_CHARACTERS
from shared.text.words import STOP_WORDS, words_in

_MAX_NAMES_READ = 30  # of products that match: several may have the same name


def suggestions(searcher: Searcher, typed: str, limit: int) -> tuple[str, ...]:
    """Up to half of them completed words, the most frequent first; then names with this prefix; then other names."""
    typed = typed[:MAX_CHARACTERS]
    *before, last = terms(typed) or [""]
    if not last or limit < 1:
        return ()
    context_terms = [term for term in before if term not in STOP_WORDS]
    context = strictly(context_terms).matching if context_terms else LIVE
    head = [written.lower() for written, _ in words_in(typed)][: -1 if before else 0]

    found: dict[str, str] = {}
    for word in _words(searcher, last, context, (limit + 1) // 2):
        suggestion = " ".join([*head, word])
        found.setdefault(suggestion.casefold(), suggestion)
    for name in _names(searcher, before, last, context, limit):
        if len(found) >= limit:
            break
        found.setdefault(name.casefold(), name)
    return tuple(found.values())[:limit]


def _words(searcher: Searcher, last: str, context: Query, limit: int) -> Iterator[str]:
    """Of names, as written there, in lower case."""
    found = searcher.terms_with_prefix("name_spelling", spelling(last), filter_query=context, limit=limit)
    for spelled, _ in found:
        term = spelled[1:]
        with_word = Query.term_query(SCHEMA, "name_spelling", spelled, index_option="basic")
        for product in _products(searcher, with_word, 1):
            written = (word.lower() for word, _ in words_in(product.name))
            yield next((word for word in written if terms(word) == [term]), term)


def _names(searcher: Searcher, before: list[str], last: str, context: Query, limit: int) -> Iterator[str]:
    begun = searcher.terms_with_prefix("whole_name", " ".join([*before, last]), filter_query=LIVE, limit=limit)
    for whole, _ in begun:
        with_name = Query.term_query(SCHEMA, "whole_name", whole, index_option="basic")
        yield from (product.name for product in _products(searcher, with_name, 1))
    with_prefix = Query.boolean_query([(Occur.Must, context), (Occur.Must, beginning("name_spelling", last))])
    yield from (product.name for product in _products(searcher, with_prefix, _MAX_NAMES_READ))


def _products(searcher: Searcher, query: Query, limit: int) -> Iterator[Product]:
    """The newest first."""
    hits = searcher.search(query, limit=limit, count=False, order_by_field="by_age", order=Order.Desc).hits
    return (product_kept_in(searcher.doc(address)) for _, address in hits)
