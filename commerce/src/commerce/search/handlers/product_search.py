"""Product search: GET /search, GET /search/suggestions"""

from dataclasses import replace
from datetime import UTC, datetime

from commerce.search import wiring
from commerce.search.answers import SearchAnswer, SuggestionsAnswer, search_answer, search_scope, suggestions_answer
from commerce.search.domain.counting import counted
from commerce.search.requests import MAX_QUERY_LENGTH, SEARCH, read_query
from shared.http.api import Api
from shared.http.callers import ANYBODY
from shared.http.contract import public
from shared.http.parameters import line, paging, whole_number
from shared.http.request import Request

app = Api(prime=(wiring.search, wiring.cursors, wiring.images_url, wiring.figures))

_PREFIX = line("q", max_length=MAX_QUERY_LENGTH)
_LIMIT = whole_number("limit", 1, 20, default=8)


# Many customers type the same: cached, but not for so long that changes are missed.
@app.route(
    "GET /search",
    callers=ANYBODY,
    parameters=[*SEARCH, *paging()],
    answers={200: SearchAnswer},
    cache_control=public(max_age_seconds=10),
)
def find_products(request: Request) -> SearchAnswer:
    """Everybody searches active products: words in `q`, narrowed by the other parameters."""
    cursors, query = wiring.cursors(), read_query(request)
    position, limit = request.page(cursors, search_scope(query))
    query = replace(query, offset=int(position or 0), limit=limit)
    found = counted(query, wiring.search().find(query), wiring.figures(), datetime.now(UTC))
    return search_answer(found, query, cursors, wiring.images_url())


@app.route(
    "GET /search/suggestions",
    callers=ANYBODY,
    parameters=[_PREFIX, _LIMIT],
    answers={200: SuggestionsAnswer},
    cache_control=public(max_age_seconds=60),
)
def suggest(request: Request) -> SuggestionsAnswer:
    """Everybody gets what `q` may become: categories, words, which complete its last word, and products."""
    return suggestions_answer(wiring.search().suggest(request.value(_PREFIX), request.value(_LIMIT)))


handler = app
