"""POST /search"""

from personalization.search import wiring
from personalization.search.answers import search_answer
from personalization.search.domain.search import Position, Query
from personalization.search.requests import SearchContent
from shared.http.bodies import checked
from shared.http.routes import Request, Response, route

_MAX_BODY_BYTES = 16 * 1024


@route
def handler(request: Request) -> Response:
    """Supporters search for themselves, staff for anyone; 404 otherwise."""
    asked = checked(SearchContent, request.json(_MAX_BODY_BYTES))
    query, cursors = Query(asked.user_id, asked.query, asked.limit), wiring.cursors()
    position = cursors.read(query.scope, asked.cursor)
    page = wiring.search().search(request.caller, query, Position.of_text(position) if position else None)
    return Response(search_answer(page, query, cursors))
