"""What the index has for suggestions while typing."""

from collections.abc import Iterator, Sequence

from tantivy import Occur, Order, Query, Searcher

from commerce.catalogue.domain.products import Product
from commerce.search.adapters.tantivy.meaning import beginning, containing
from commerce.search.adapters.tantivy.narrowing import LIVE
from commerce.search.adapters.tantivy.schema import SCHEMA, product_kept_in, spelling, term_of, terms
from commerce.search.domain.suggesting import Suggestion, Typed, suggestions
from shared.text.words import STOP_WORDS, words_in

_MAX_COMPLETIONS = 30
_MAX_CATEGORIES_READ = 1_000
_MAX_NAMES_READ = 30  # of products that match: several may have the same name


def suggestions_in(searcher: Searcher, text: str, limit: int) -> tuple[Suggestion, ...]:
    typed = Typed.of(text)
    if typed is None:
        return ()
    before, last = [term_of(word) for word in typed.before], term_of(typed.last)
    context_terms = [term for term in before if term not in STOP_WORDS]
    context = containing(context_terms) if context_terms else LIVE
    products = ((product.name, product.product_id) for product in _products(searcher, before, last, context, limit))
    return suggestions(typed, _completions(searcher, last, context), _categories(searcher), products, limit)


def _completions(searcher: Searcher, last: str, context: Query) -> Iterator[str]:
    """Words of names, as written there, in lower case; the most frequent first."""
    found = searcher.terms_with_prefix("name_spelling", spelling(last), filter_query=context, limit=_MAX_COMPLETIONS)
    for spelled, _ in found:
        term = spelled[1:]
        with_word = Query.term_query(SCHEMA, "name_spelling", spelled, index_option="basic")
        for product in _newest(searcher, with_word, 1):
            written = (word.lower() for word, _ in words_in(product.name))
            yield next((word for word in written if terms(word) == [term]), term)


def _categories(searcher: Searcher) -> Iterator[str]:
    """The largest first."""
    found = searcher.terms_with_prefix("category", "", filter_query=LIVE, limit=_MAX_CATEGORIES_READ)
    return (category for category, _ in found)


def _products(searcher: Searcher, before: Sequence[str], last: str, context: Query, limit: int) -> Iterator[Product]:
    """Those whose names begin so, then those that have such a word."""
    begun = searcher.terms_with_prefix("whole_name", " ".join([*before, last]), filter_query=LIVE, limit=limit)
    for whole, _ in begun:
        yield from _newest(searcher, Query.term_query(SCHEMA, "whole_name", whole, index_option="basic"), 1)
    with_prefix = Query.boolean_query([(Occur.Must, context), (Occur.Must, beginning("name_spelling", last))])
    yield from _newest(searcher, with_prefix, _MAX_NAMES_READ)


def _newest(searcher: Searcher, query: Query, limit: int) -> Iterator[Product]:
    """What can be bought, the newest first; then what is sold out."""
    hits = searcher.search(query, limit=limit, count=False, order_by_field="by_availability", order=Order.Desc).hits
    return (product_kept_in(searcher.doc(address)) for _, address in hits)
