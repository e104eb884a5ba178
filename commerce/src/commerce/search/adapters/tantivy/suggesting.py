"""How what was typed so far may go on."""

from collections.abc import Iterator

from tantivy import Occur, Order, Query, Searcher

from commerce.catalogue.domain.products import Product
from commerce.search.adapters.tantivy.meaning import beginning, strictly
from commerce.search.adapters.tantivy.narrowing import LIVE
from commerce.search.adapters.tantivy.schema import SCHEMA, product_kept_in, spelling, terms
from commerce.search.domain.finding import MOST_CHARACTERS
from shared.text.words import PASSING, words_in

_MOST_NAMES_READ = 30  # of products that have the words: several may bear one name


def suggestions(searcher: Searcher, typed: str, limit: int) -> tuple[str, ...]:
    """Half of them words, those of most products first; then names that begin like this; then other names."""
    typed = typed[:MOST_CHARACTERS]
    *before, last = terms(typed) or [""]
    if not last or limit < 1:
        return ()
    meant = [term for term in before if term not in PASSING]
    context = strictly(meant).matching if meant else LIVE
    head = [match.group().lower() for match in words_in(typed)][: -1 if before else 0]

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
    """Of names, as they are written there, in lower case."""
    found = searcher.terms_with_prefix("name_spelling", spelling(last), filter_query=context, limit=limit)
    for spelt, _ in found:
        term = spelt[1:]
        bearer = Query.term_query(SCHEMA, "name_spelling", spelt, index_option="basic")
        for product in _products(searcher, bearer, 1):
            written = (match.group().lower() for match in words_in(product.name))
            yield next((word for word in written if terms(word) == [term]), term)


def _names(searcher: Searcher, before: list[str], last: str, context: Query, limit: int) -> Iterator[str]:
    begun = searcher.terms_with_prefix("whole_name", " ".join([*before, last]), filter_query=LIVE, limit=limit)
    for whole, _ in begun:
        bearer = Query.term_query(SCHEMA, "whole_name", whole, index_option="basic")
        yield from (product.name for product in _products(searcher, bearer, 1))
    going_on = Query.boolean_query([(Occur.Must, context), (Occur.Must, beginning("name_spelling", last))])
    yield from (product.name for product in _products(searcher, going_on, _MOST_NAMES_READ))


def _products(searcher: Searcher, query: Query, most: int) -> Iterator[Product]:
    """The newest first."""
    hits = searcher.search(query, limit=most, count=False, order_by_field="by_age", order=Order.Desc).hits
    return (product_kept_in(searcher.doc(address)) for _, address in hits)
