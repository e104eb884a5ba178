"""The charity's content: its list, a page, and changing it"""

from datetime import UTC, datetime

from personalization.content import wiring
from personalization.content.answers import (
    ContentAnswer,
    ContentList,
    content_answer,
    content_list_answer,
    content_list_scope,
)
from personalization.content.domain.content import Kind, read_content, remove_content, save_content
from personalization.content.requests import CONTENT_ID, PutContent
from shared.errors import Conflict
from shared.http.api import Api
from shared.http.callers import STAFF
from shared.http.parameters import optional_choice, optional_line, paging
from shared.http.request import Request
from shared.http.response import Response

app = Api(prime=(wiring.contents, wiring.listing, wiring.cursors))

_KIND = optional_choice("kind", Kind)
_Q = optional_line("q", description="What words of title, summary, tags or id begin with: all of several words.")


@app.route("GET /content", callers=STAFF, parameters=[_KIND, _Q, *paging()], answers={200: ContentList})
def list_content(request: Request) -> ContentList:
    """Staff list content without its text, the latest changed first."""
    kind, query, cursors = request.value(_KIND), request.value(_Q), wiring.cursors()
    scope = content_list_scope(kind, query)
    page = wiring.listing().page(kind, query, *request.page(cursors, scope))
    return content_list_answer(scope, page, cursors)


@app.route("GET /content/{contentId}", callers=STAFF, answers={200: ContentAnswer})
def read_page(request: Request) -> ContentAnswer:
    """Staff read a page of content, to change it."""
    return content_answer(read_content(request.path("contentId"), wiring.contents()))


@app.route(
    "PUT /content/{contentId}",
    callers=STAFF,
    parameters=[CONTENT_ID],
    body=PutContent,
    answers={200: ContentAnswer, 201: ContentAnswer},
    raises=[Conflict],
)
def put_content(request: Request[PutContent]) -> Response:
    """Staff create content, or replace it if `version` is still the current one."""
    content_id, body, now = request.path("contentId"), request.body, datetime.now(UTC)
    saved = save_content(
        request.caller,
        content_id,
        body.version,
        wiring.contents(),
        lambda before: body.to_content(content_id, before, now),
    )
    return Response(200 if body.version else 201, content_answer(saved))


@app.route("DELETE /content/{contentId}", callers=STAFF, parameters=[CONTENT_ID], answers={204: None})
def delete_content(request: Request) -> None:
    """Staff remove content. Idempotent."""
    remove_content(request.caller, request.path("contentId"), wiring.contents())


handler = app
