"""What customers look for: GET /search, GET /search/suggestions"""

from dataclasses import replace

from commerce.search import wiring
from commerce.search.answers import SuggestionsAnswer, search_answer, search_scope
from commerce.search.queries import LONGEST_QUERY, asked_query
from shared.http.routes import Request, Response, routes

# Typed and typed again by many: short enough that nobody misses a change.
_FOUND = {"Cache-Control": "public, max-age=10"}
_SUGGESTED = {"Cache-Control": "public, max-age=60"}


def find_products(request: Request) -> Response:
    """Everybody searches what is active: words in `q`, narrowed by `category`, `minPrice` and `maxPrice`."""
    cursors, query = wiring.cursors(), asked_query(request)
    position, limit = request.page(cursors, search_scope(query))
    query = replace(query, offset=int(position or 0), limit=limit)
    found = wiring.search().find(query)
    return Response(search_answer(found, query, cursors, wiring.images_url()), headers=_FOUND)


def suggest(request: Request) -> Response:
    """Words and names that go on like `q`, the likeliest first."""
    limit = request.whole_number("limit", least=1, most=20, default=8)
    suggested = wiring.search().suggest(request.query("q", longest=LONGEST_QUERY), limit)
    return Response(SuggestionsAnswer(suggested), headers=_SUGGESTED)


handler = routes(
    {
        "GET /search": find_products,
        "GET /search/suggestions": suggest,
    }
)
