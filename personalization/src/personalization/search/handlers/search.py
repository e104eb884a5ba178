"""POST /search"""

from personalization.search import wiring
from personalization.search.answers import SearchAnswer, search_answer
from personalization.search.domain.search import Position, Query
from personalization.search.requests import SearchContent
from shared.errors import NotFound
from shared.http.api import Api
from shared.http.request import Request

app = Api(prime=(wiring.search, wiring.cursors))


@app.route("POST /search", body=SearchContent, answers={200: SearchAnswer}, raises=[NotFound])
def search(request: Request[SearchContent]) -> SearchAnswer:
    """Supporters search for themselves, staff for anyone."""
    query, cursors = Query(request.body.user_id, request.body.query, request.body.limit), wiring.cursors()
    position = cursors.read(query.scope, request.body.cursor)
    page = wiring.search().search(request.caller, query, Position.of_text(position) if position else None)
    return search_answer(page, query, cursors)


handler = app
